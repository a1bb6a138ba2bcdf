package channels

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// inflight ends the key of a backup.
const inflight = "$inflight"

// An inbox is what waits in this process for one queue: receivers in the
// order they came, and while there are any, a reader for each shard.
type inbox struct {
	key     string
	local   bool
	waiting []*waiter
	reading map[int]*reader
}

type waiter struct {
	channel string
	got     chan delivery // takes one without waiting
}

type delivery struct {
	msg Message
	err error
}

// Receive implements Layer. Receivers of one channel in one layer are served
// in the order they came. The error wraps ErrForeign for a local channel of
// another layer, and ErrCorrupt for a message that cannot be read. A context
// that ends in the very moment in which the message arrives is passed over,
// and the message returned.
func (l *Redis) Receive(ctx context.Context, channel string) (Message, error) {
	if err := checkChannel(channel); err != nil {
		return nil, err
	}
	name, local := address(channel)
	if local && !strings.HasSuffix(name, l.client+"!") {
		return nil, fmt.Errorf("receive from %s: %w: want a name of this layer's NewChannel", channel, ErrForeign)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{channel: channel, got: make(chan delivery, 1)}
	in, msg, err := l.enter(w, l.opt.Prefix+name, local)
	if msg != nil || err != nil {
		return msg, err
	}
	select {
	case d := <-w.got:
		return d.msg, d.err
	case <-ctx.Done():
	}
	if l.leave(in, w) {
		return nil, ctx.Err()
	}
	d := <-w.got
	return d.msg, d.err
}

// enter returns a message that waits already, or lets w wait.
func (l *Redis) enter(w *waiter, key string, local bool) (*inbox, Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, ErrClosed
	}
	if local {
		if msg, ok := l.buffers.take(w.channel, l.opt.Clock.Now()); ok {
			return nil, msg, nil
		}
	}
	in := l.inboxes[key]
	if in == nil {
		in = &inbox{key: key, local: local, reading: map[int]*reader{}}
		l.inboxes[key] = in
	}
	in.waiting = append(in.waiting, w)
	// Local channels, too, are read on every shard: channels_redis sends to
	// them by the hash of the full name, and receives by that of its address.
	for shard := range l.shards {
		if in.reading[shard] == nil {
			r := &reader{layer: l, in: in, shard: shard, quit: make(chan struct{})}
			in.reading[shard] = r
			l.tasks.Go(r.run) // ends when nobody waits
		}
	}
	return in, nil, nil
}

// leave takes w out, unless it has been served.
func (l *Redis) leave(in *inbox, w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(in.waiting, w)
	if i < 0 {
		return false
	}
	in.waiting = slices.Delete(in.waiting, i, i+1)
	in.rest()
	return true
}

// rest wakes the readers when nobody waits any more. The layer is locked.
func (in *inbox) rest() {
	if len(in.waiting) == 0 {
		for _, r := range in.reading {
			r.wake()
		}
	}
}

// serve gives w its message. The layer is locked.
func (in *inbox) serve(w *waiter, d delivery) {
	i := slices.Index(in.waiting, w)
	in.waiting = slices.Delete(in.waiting, i, i+1)
	w.got <- d
	in.rest()
}

// fail gives an error to everyone who waits.
func (in *inbox) fail(err error) {
	for len(in.waiting) > 0 {
		in.serve(in.waiting[0], delivery{err: err})
	}
}

// hand delivers a member of the queue, and reports whether anybody was there
// to take it. The layer is locked.
func (l *Redis) hand(in *inbox, raw []byte) bool {
	if len(in.waiting) == 0 {
		return false
	}
	now := l.opt.Clock.Now()
	msg, names, err := l.codec.unpack(raw, now)
	if err != nil || !in.local {
		in.serve(in.waiting[0], delivery{msg, err})
		return true
	}
	if names == nil {
		names = []string{strings.TrimPrefix(in.key, l.opt.Prefix)}
	}
	for i, name := range names {
		if i > 0 { // nobody shares a message
			msg, _, _ = l.codec.unpack(raw, now) // it was readable just now
		}
		at := slices.IndexFunc(in.waiting, func(w *waiter) bool { return w.channel == name })
		if at < 0 {
			l.buffers.put(name, msg, now, l.opt.Expiry, l.opt.Capacity)
			continue
		}
		in.serve(in.waiting[at], delivery{msg: msg})
	}
	return true
}

// Close implements Layer. What this layer had taken and not delivered is back
// in its queue afterwards.
func (l *Redis) Close() error {
	l.mu.Lock()
	l.closed = true
	for _, in := range l.inboxes {
		in.fail(ErrClosed)
	}
	l.buffers = buffers{}
	l.mu.Unlock()
	l.tasks.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, all := range l.idle {
		for _, b := range all {
			_ = b.conn.Close() // nothing is left to be sent or read
		}
	}
	clear(l.idle)
	return nil
}
