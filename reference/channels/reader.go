package channels

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// blockTime is how long channels_redis waits with one BZPOPMIN.
const blockTime = 5 * time.Second

// A reader fetches messages from one shard while somebody waits for them. It
// is not bound to the contexts of those: what it has asked the server for it
// hears to the end, and puts a message back that nobody wants any more.
type reader struct {
	layer   *Redis
	in      *inbox
	shard   int
	blocked *blocker      // while it waits on the server; guarded by the layer
	quit    chan struct{} // closed once nobody waits; guarded for all but the reader itself
}

// A blocker is a connection that waits for messages, and its CLIENT ID, by
// which it is told to stop waiting.
type blocker struct {
	conn *redis.Conn
	id   int64
}

// A taken message is one that is no longer in its queue.
type taken struct {
	member string
	score  string
	backup bool // it is in the backup
}

func (r *reader) run() {
	ctx := context.Background() // see above; the client's own time-outs bound each call
	for r.wanted() {
		t, err := r.take(ctx)
		l := r.layer
		if err != nil {
			l.mu.Lock()
			r.in.fail(fmt.Errorf("receive from %s on shard %d: %w", r.in.key, r.shard, err))
			l.mu.Unlock()
			continue
		}
		if t == nil {
			continue
		}
		l.mu.Lock()
		handed := l.hand(r.in, []byte(t.member))
		l.mu.Unlock()
		if err := r.settle(ctx, t, handed); err != nil {
			l.opt.Logger.WarnContext(ctx, "a message may be delivered again, or is lost", "queue", r.in.key, "shard", r.shard, "err", err)
		}
	}
}

// wanted reports whether somebody waits; if not, the reader is gone.
func (r *reader) wanted() bool {
	l := r.layer
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.in.waiting) > 0 {
		select {
		case <-r.quit:
			r.quit = make(chan struct{}) // somebody new came while it was ending
		default:
		}
		return true
	}
	delete(r.in.reading, r.shard)
	if len(r.in.reading) == 0 {
		delete(l.inboxes, r.in.key)
	}
	return false
}

func (r *reader) keys() []string { return []string{r.in.key, r.in.key + inflight} }

// take returns a message, or nil if none came for a while.
func (r *reader) take(ctx context.Context) (*taken, error) {
	l := r.layer
	oldest := ""
	if !l.opt.DeliverStale {
		oldest = strconv.FormatInt(l.opt.bound(l.opt.Expiry), 10)
	}
	args := []any{oldest, seconds(l.opt.Expiry)}
	for _, m := range r.overdue() {
		args = append(args, m)
	}
	reply, err := claimScript.Run(ctx, l.shards[r.shard], r.keys(), args...).Slice()
	if err != nil {
		return nil, err
	}
	others, _ := reply[0].([]any)
	again := r.remember(others)
	if len(reply) == 3 {
		return &taken{member: fmt.Sprint(reply[1]), score: fmt.Sprint(reply[2]), backup: true}, nil
	}
	if again && l.opt.Lease == 0 {
		return nil, nil
	}
	if l.opt.Poll > 0 {
		select {
		case <-r.quit:
		case <-l.opt.Clock.After(l.opt.Poll):
		}
		return nil, nil
	}
	return r.block(ctx)
}

// overdue returns the members that have been in the backup for the lease.
func (r *reader) overdue() []string {
	l := r.layer
	l.mu.Lock()
	defer l.mu.Unlock()
	var due []string
	for m, since := range l.seen[r.mark()] {
		if l.opt.Clock.Now().Sub(since) >= l.opt.Lease {
			due = append(due, m)
		}
	}
	return due
}

// remember notes since when the backup has had these members, and reports
// whether there are any.
func (r *reader) remember(members []any) bool {
	l := r.layer
	l.mu.Lock()
	defer l.mu.Unlock()
	now, before := l.opt.Clock.Now(), l.seen[r.mark()]
	delete(l.seen, r.mark())
	if len(members) == 0 {
		return false
	}
	seen := map[string]time.Time{}
	for _, m := range members {
		name := fmt.Sprint(m)
		seen[name] = now
		if since, ok := before[name]; ok {
			seen[name] = since
		}
	}
	l.seen[r.mark()] = seen
	return true
}

func (r *reader) mark() string { return strconv.Itoa(r.shard) + r.in.key }

// block waits for a message on a connection of its own.
func (r *reader) block(ctx context.Context) (*taken, error) {
	l := r.layer
	b, err := r.blocker(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	z, err := b.conn.BZPopMin(ctx, blockTime, r.in.key).Result()
	l.mu.Lock()
	r.blocked = nil
	keep := (err == nil || errors.Is(err, redis.Nil)) && !l.closed
	if keep {
		l.idle[r.shard] = append(l.idle[r.shard], b)
	}
	l.mu.Unlock()
	if !keep {
		_ = b.conn.Close() // its error, if any, is that of the command
	}
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !l.opt.DeliverStale && z.Score <= float64(l.opt.bound(l.opt.Expiry)) {
		return nil, nil
	}
	return &taken{member: z.Member.(string), score: strconv.FormatFloat(z.Score, 'f', -1, 64)}, nil
}

// blocker returns a connection on which the reader is now said to wait; nil
// if nobody waits for it any more.
func (r *reader) blocker(ctx context.Context) (*blocker, error) {
	l := r.layer
	l.mu.Lock()
	var b *blocker
	if all := l.idle[r.shard]; len(all) > 0 {
		b, l.idle[r.shard] = all[len(all)-1], all[:len(all)-1]
	}
	l.mu.Unlock()
	if b == nil {
		conn := l.shards[r.shard].Conn()
		id, err := conn.ClientID(ctx).Result()
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		b = &blocker{conn, id}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.in.waiting) == 0 {
		l.idle[r.shard] = append(l.idle[r.shard], b)
		return nil, nil
	}
	r.blocked = b
	return b, nil
}

// wake ends the reader's wait on the server, which answers it like the end of
// its time: no message is lost. The layer is locked.
func (r *reader) wake() {
	l, b := r.layer, r.blocked
	select {
	case <-r.quit:
	default:
		close(r.quit)
	}
	if b == nil {
		return
	}
	l.tasks.Go(func() { // ends with the wait
		ctx := context.Background()
		for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
			l.mu.Lock()
			over := r.blocked != b || len(r.in.waiting) > 0
			l.mu.Unlock()
			if over {
				return
			}
			n, err := l.shards[r.shard].ClientUnblock(ctx, b.id).Result()
			if err != nil || n > 0 {
				return // a user without the right to it waits for blockTime
			}
			time.Sleep(pause) // the command is on its way
		}
	})
}

// settle confirms a message that was handed over, or puts it back.
func (r *reader) settle(ctx context.Context, t *taken, handed bool) error {
	c := r.layer.shards[r.shard]
	switch {
	case !handed:
		return releaseScript.Run(ctx, c, r.keys(), t.score, t.member, seconds(r.layer.opt.Expiry)).Err()
	case t.backup:
		return c.ZRem(ctx, r.in.key+inflight, t.member).Err()
	default:
		return nil
	}
}
