package cache

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// A coalescer reads entries for many goroutines at once. The first few reads
// go straight to the server, each on its own connection and in its own
// context. While those are under way, further ones wait in a queue that one
// goroutine sends as a pipeline, and then the next: what a busy process would
// pay in system calls becomes one round trip.
type coalescer struct {
	pick   func() redis.UniversalClient
	direct atomic.Int32
	most   int32 // reads that go straight

	mu      sync.Mutex
	queue   []*read
	spare   []*read // the queue before, to be used again
	sending bool
}

// A read is one queued GET.
type read struct {
	cmd  *redis.StringCmd
	done chan struct{}
}

// maxBatch bounds a pipeline, so that replies do not pile up.
const maxBatch = 512

// newCoalescer reads from the clients that pick returns.
func newCoalescer(pick func() redis.UniversalClient) *coalescer {
	return &coalescer{pick: pick, most: int32(max(2, runtime.GOMAXPROCS(0)))}
}

func (c *coalescer) get(ctx context.Context, cmd *redis.StringCmd) error {
	if c.direct.Add(1) <= c.most {
		defer c.direct.Add(-1)
		return c.pick().Process(ctx, cmd)
	}
	c.direct.Add(-1)
	r := &read{cmd, make(chan struct{})}
	c.mu.Lock()
	c.queue = append(c.queue, r)
	if !c.sending {
		c.sending = true
		// It ends by itself when the queue is empty; its callers wait for it,
		// and the timeouts of the client bound it.
		go c.send()
	}
	c.mu.Unlock()
	select {
	case <-r.done:
		return cmd.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send empties the queue, batch by batch.
func (c *coalescer) send() {
	for {
		c.mu.Lock()
		batch := c.queue
		if len(batch) == 0 {
			c.sending = false
			c.mu.Unlock()
			return
		}
		if len(batch) > maxBatch {
			c.queue = append(c.spare[:0], batch[maxBatch:]...)
			batch = batch[:maxBatch]
		} else {
			c.queue = c.spare[:0]
		}
		c.mu.Unlock()
		pipe := c.pick().Pipeline()
		for _, r := range batch {
			_ = pipe.Process(context.Background(), r.cmd)
		}
		_, _ = pipe.Exec(context.Background()) // each command has its own error
		for _, r := range batch {
			close(r.done)
		}
		clear(batch)
		c.spare = batch // only this goroutine touches it
	}
}
