package channels

import "time"

// buffers hold what has arrived for local channels that nobody waits for.
type buffers struct {
	byName map[string][]parked
	sweep  int // how many names there may be before old ones are looked for
}

type parked struct {
	msg     Message
	expires time.Time
}

// put adds a message behind the others of a name. Of more than capacity, the
// oldest are dropped.
func (b *buffers) put(name string, msg Message, now time.Time, expiry time.Duration, capacity int) {
	if b.byName == nil {
		b.byName = map[string][]parked{}
	}
	if len(b.byName) >= max(b.sweep, 64) {
		for n := range b.byName {
			b.drop(n, now)
		}
		b.sweep = 2 * len(b.byName) // so that sweeping costs a constant time per message
	}
	queue := append(b.byName[name], parked{msg, now.Add(expiry)})
	if len(queue) > capacity {
		queue = queue[len(queue)-capacity:]
	}
	b.byName[name] = queue
}

// take returns the oldest message of a name that has not expired.
func (b *buffers) take(name string, now time.Time) (Message, bool) {
	b.drop(name, now)
	queue := b.byName[name]
	if len(queue) == 0 {
		return nil, false
	}
	msg := queue[0].msg
	if len(queue) == 1 {
		delete(b.byName, name)
	} else {
		b.byName[name] = queue[1:]
	}
	return msg, true
}

// drop forgets what has expired.
func (b *buffers) drop(name string, now time.Time) {
	queue := b.byName[name]
	for len(queue) > 0 && !queue[0].expires.After(now) {
		queue = queue[1:]
	}
	if len(queue) == 0 {
		delete(b.byName, name)
	} else {
		b.byName[name] = queue
	}
}
