package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// A load publishes messages, each its own number, from several connections
// until the broker dies, and keeps the numbers that were acknowledged.
type load struct {
	queue string
	open  func() (redis.UniversalClient, error)
	next  atomic.Int64

	mu    sync.Mutex
	acked map[int64]bool
	done  sync.WaitGroup
}

const (
	publishers = 8
	padding    = 200 // bytes of a message besides its number
)

// start begins to publish. It ends by the first error of each connection or
// with ctx; wait waits for that.
func (l *load) start(ctx context.Context) error {
	l.acked = map[int64]bool{}
	for range publishers {
		client, err := l.open()
		if err != nil {
			return err
		}
		l.done.Go(func() {
			defer client.Close()
			for {
				n := l.next.Add(1)
				if err := client.LPush(ctx, l.queue, message(n)).Err(); err != nil {
					return // the broker is gone: nobody knows about this one
				}
				l.mu.Lock()
				l.acked[n] = true
				l.mu.Unlock()
			}
		})
	}
	return nil
}

func message(n int64) string { return fmt.Sprintf("%d %s", n, strings.Repeat("x", padding)) }

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// wait returns the numbers that were acknowledged, when all have ended.
func (l *load) wait() map[int64]bool {
	l.done.Wait()
	return l.acked
}

// lost counts the acknowledged messages that a queue does not have.
func lost(ctx context.Context, client redis.UniversalClient, queue string, acked map[int64]bool) (int, error) {
	messages, err := client.LRange(ctx, queue, 0, -1).Result()
	if err != nil {
		return 0, fmt.Errorf("read the queue after the restart: %w", err)
	}
	there := map[int64]bool{}
	for _, m := range messages {
		number, _, _ := strings.Cut(m, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("the queue holds a message that nobody sent: %.20q", m)
		}
		there[n] = true
	}
	missing := 0
	for n := range acked {
		if !there[n] {
			missing++
		}
	}
	return missing, nil
}

// until asks again and again whether something is so, as long as ctx lives.
func until(ctx context.Context, what string, so func() (bool, error)) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := so()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
}
