package devenv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Queues is what waits in Celery's broker, by the keys of kombu's layout.
type Queues struct {
	Queues []Queue `json:"queues"` // by name
	// Unacked messages are with workers, or parked until their ETA.
	Unacked int64 `json:"unacked"`
	// OldestUnackedS is how many seconds ago the oldest of them was handed out.
	OldestUnackedS float64 `json:"oldest_unacked_s"`
	// Consumers are the connections that wait for messages of this database.
	Consumers int64 `json:"consumers"`
	// Dead messages were given up by redkit's own workers, and kept.
	Dead int64 `json:"dead"`
	// Declared are the workers that have declared a box for remote control,
	// by name. One that was killed stays among them.
	Declared []string `json:"declared,omitempty"`
}

// A Queue is one queue of Celery.
type Queue struct {
	Name  string `json:"name"`
	Depth int64  `json:"depth"` // messages of all priorities
	// Priorities holds the depth by priority step, 0 the most urgent.
	Priorities map[int]int64 `json:"priorities"`
	// Bound is false when the set by which producers find the queue is gone.
	Bound bool `json:"bound"`
}

// Depth is the number of messages in all queues.
func (q *Queues) Depth() (n int64) {
	for _, one := range q.Queues {
		n += one.Depth
	}
	return n
}

// scanLimit is how many keys of a broker are looked through for queues.
const scanLimit = 100_000

// Queues counts what waits in Celery's broker. Queues are found by their
// bindings and their priority lists; the queue celery is always listed.
func (e *Env) Queues(ctx context.Context) (*Queues, error) {
	u := e.set.Celery.BrokerURL
	if u.IsZero() {
		return nil, &Failure{
			Code: "no_broker", Exit: ExitUsage, Message: "no URL names Celery's broker", Fixes: []string{"set CELERY_BROKER_URL"},
		}
	}
	client, err := e.set.Open(u)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return e.QueueReader(client).Read(ctx)
}

// A QueueReader counts the queues again and again, on one client. It is used
// by one goroutine at a time.
type QueueReader struct {
	broker kombuBroker
	known  queueKeys
	found  time.Time     // when known was looked for
	took   time.Duration // to look
}

// QueueReader returns a reader on a client of the broker's database, which
// stays the caller's.
func (e *Env) QueueReader(client redis.UniversalClient) *QueueReader {
	return &QueueReader{broker: kombuBroker{client, e.set.Celery.GlobalKeyPrefix, e.set.Celery.BrokerURL.DB()}}
}

// Read counts what waits, as Env.Queues does. To look for new queues takes a
// SCAN of the database; it is done again when three times as long has passed as
// it took.
func (r *QueueReader) Read(ctx context.Context) (*Queues, error) {
	if now := time.Now(); now.Sub(r.found) >= 3*r.took {
		known, err := r.broker.find(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for Celery's queues: %w", err)
		}
		r.known, r.found, r.took = known, time.Now(), time.Since(now)
	}
	return r.broker.count(ctx, r.known, time.Now())
}

// prioritySeparator stands between a queue's name and the step of a priority
// in the key of a list (kombu: sep of the Redis transport).
const prioritySeparator = "\x06\x16"

// A kombuBroker reads one database in kombu's layout.
type kombuBroker struct {
	client redis.UniversalClient
	prefix string // of every key
	db     int
}

// queueKeys are the queues of a database.
type queueKeys struct {
	lists   map[string]map[int]bool // by name, the steps of their lists
	bound   map[string]bool         // by name
	workers []string                // that have declared a box for remote control, by name
}

// count counts the messages of queues.
func (b kombuBroker) count(ctx context.Context, known queueKeys, now time.Time) (*Queues, error) {
	lists, bound := known.lists, known.bound
	q := &Queues{Queues: []Queue{}, Declared: known.workers}
	pipe := b.client.Pipeline()
	unacked, dead := pipe.HLen(ctx, b.prefix+"unacked"), pipe.LLen(ctx, b.prefix+"redkit.dead")
	oldest := pipe.ZRangeWithScores(ctx, b.prefix+"unacked_index", 0, 0)
	clients := pipe.ClientList(ctx)
	depths := map[string]map[int]*redis.IntCmd{}
	for name, steps := range lists {
		depths[name] = map[int]*redis.IntCmd{}
		for step := range steps {
			depths[name][step] = pipe.LLen(ctx, b.list(name, step))
		}
	}
	// Each command is judged by itself: a user of least rights may count, but
	// see no clients, and a key of another type is no queue.
	_, _ = pipe.Exec(ctx)
	if err := errors.Join(unacked.Err(), dead.Err(), oldest.Err()); err != nil {
		return nil, fmt.Errorf("count Celery's messages: %w", err)
	}
	q.Unacked, q.Dead = unacked.Val(), dead.Val()
	if first := oldest.Val(); len(first) > 0 {
		q.OldestUnackedS = max(0, float64(now.UnixMilli())/1000-first[0].Score)
	}
	q.Consumers = consumers(clients.Val(), b.db)
	for name, steps := range depths {
		one := Queue{Name: name, Priorities: map[int]int64{}, Bound: bound[name]}
		for step, depth := range steps {
			if depth.Err() == nil {
				one.Priorities[step] = depth.Val()
				one.Depth += depth.Val()
			}
		}
		q.Queues = append(q.Queues, one)
	}
	slices.SortFunc(q.Queues, func(a, b Queue) int { return cmp.Compare(a.Name, b.Name) })
	return q, nil
}

// list is the key of a queue's list for a priority step.
func (b kombuBroker) list(queue string, step int) string {
	if step == 0 {
		return b.prefix + queue
	}
	return b.prefix + queue + prioritySeparator + strconv.Itoa(step)
}

// find looks for the queues of the database.
func (b kombuBroker) find(ctx context.Context) (queueKeys, error) {
	k := queueKeys{lists: map[string]map[int]bool{"celery": {0: true}}, bound: map[string]bool{}}
	add := func(queue string, step int) {
		if k.lists[queue] == nil {
			k.lists[queue] = map[int]bool{0: true}
		}
		k.lists[queue][step] = true
	}
	bindings := map[string]bool{}
	seen := 0
	iter := b.client.Scan(ctx, 0, "", 1000).Iterator()
	for ; seen < scanLimit && iter.Next(ctx); seen++ {
		key, ours := strings.CutPrefix(iter.Val(), b.prefix)
		switch exchange, binding := strings.CutPrefix(key, "_kombu.binding."); {
		case !ours:
		case binding:
			if exchange == remoteControl || !housekeeping(exchange) {
				bindings[iter.Val()] = true
			}
		default:
			queue, text, priority := strings.Cut(key, prioritySeparator)
			if step, err := strconv.Atoi(text); priority && err == nil {
				add(queue, step)
			}
		}
	}
	if err := iter.Err(); err != nil {
		return k, err
	}
	for _, key := range slices.Sorted(maps.Keys(bindings)) {
		members, err := b.client.SMembers(ctx, key).Result()
		if err != nil {
			return k, err
		}
		for _, m := range members { // routing key, pattern, queue
			parts := strings.Split(m, prioritySeparator)
			if len(parts) != 3 {
				continue
			}
			if worker, box := strings.CutSuffix(parts[2], "."+remoteControl); box && key == b.prefix+"_kombu.binding."+remoteControl {
				k.workers = append(k.workers, worker)
			} else if !housekeeping(parts[2]) {
				add(parts[2], 0)
				k.bound[parts[2]] = true
			}
		}
	}
	slices.Sort(k.workers)
	return k, nil
}

// remoteControl is the exchange at which every worker has a box.
const remoteControl = "celery.pidbox"

// housekeeping tells the queues by which workers hear of each other.
func housekeeping(name string) bool {
	return strings.Contains(name, "celery.pidbox") || strings.HasPrefix(name, "celeryev")
}

// consumers counts, in a CLIENT LIST, the connections that wait for messages:
// Celery's in BRPOP, redkit's by tracking the queues (flag t).
func consumers(list string, db int) (n int64) {
	for line := range strings.Lines(list) {
		field := map[string]string{}
		for word := range strings.FieldsSeq(line) {
			name, value, _ := strings.Cut(word, "=")
			field[name] = value
		}
		if field["db"] == strconv.Itoa(db) && (field["cmd"] == "brpop" || strings.Contains(field["flags"], "t")) {
			n++
		}
	}
	return n
}
