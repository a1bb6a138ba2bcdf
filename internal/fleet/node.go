// Package fleet makes Redis Clusters and masters with sentinels of server
// processes on loopback ports, in the shortest time, and tells whether they
// are in order. It starts no process: that is its callers' part, the tests'
// servers and the local environment's.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Node is one server of a fleet, on a port of 127.0.0.1.
type Node interface {
	comparable
	Addr() string          // host:port
	Client() *redis.Client // asks this very node; the caller does not close it
	Up() bool              // whether its process is meant to run
}

// BusOffset is how far above its port a cluster node listens for the others.
const BusOffset = 10_000

func port[N Node](n N) int {
	_, text, _ := net.SplitHostPort(n.Addr())
	p, _ := strconv.Atoi(text)
	return p
}

// Together calls f for each element at once and joins the errors.
func Together[E any](list []E, f func(E) error) error {
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i, e := range list {
		wg.Go(func() { errs[i] = f(e) }) // awaited below
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Eventually calls done until it returns nil, and gives up when ctx ends, with
// what it returned last before that. A call that the end of ctx has cut short
// knows less than the one before it: it fails by the deadline, as
// context.DeadlineExceeded or as a timeout of its connection.
func Eventually(ctx context.Context, what string, done func() error) error {
	var last error
	for {
		begun := time.Now()
		err := done()
		switch {
		case err == nil:
			return nil
		case last == nil || !over(ctx):
			last = err
		default:
			last = fmt.Errorf("%w (a last try was cut short after %v: %v)", last, time.Since(begun).Round(time.Millisecond), err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: %w", what, ctx.Err(), last)
		case <-time.After(time.Millisecond):
		}
	}
}

// over reports whether ctx has ended or is about to: the deadline of a
// connection may strike a little before the same one of ctx is noticed.
func over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(deadline) < time.Millisecond
}
