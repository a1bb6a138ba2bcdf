package redistest

import (
	"context"
	"errors"
	"fmt"
	"testing/synctest"
	"time"
)

// Bubble makes Start use a fake inside a testing/synctest bubble, reached
// through memory. Its clock is the bubble's: keys expire, blocked commands
// time out and clients retry as time.Sleep passes, at no cost, and Advance is
// such a sleep. Call Start inside the bubble:
//
//	synctest.Test(t, func(t *testing.T) {
//		srv := redistest.Start(t, redistest.Bubble())
//		…
//	})
//
// No socket works in a bubble, so Addr leads nowhere there: clients take
// Options, or its Dialer.
func Bubble() Option { return With(bubbleEngine{}) }

// bubbleEngine serves each test by a fake of its own on in-memory pipes.
type bubbleEngine struct{}

func (bubbleEngine) Name() string { return "bubble" }
func (bubbleEngine) solitary()    {}

func (bubbleEngine) Boot(_ context.Context, conf Config) (Instance, error) {
	if !inBubble() {
		return nil, errors.New("no bubble here: wrap the test in synctest.Test(t, func(t *testing.T) { … }) and call Start inside, with the t of the bubble")
	}
	f, err := bootFake(conf, time.Now)
	if err != nil {
		return nil, err
	}
	// An IP literal, since go-redis looks up any other name when a client is
	// made, and the resolver of package net outlives the bubble.
	f.end.Addr = "127.0.0.1:6379"
	f.end.Dial = f.dial
	return bubbleInstance{f}, nil
}

// inBubble asks in the only way there is.
func inBubble() (in bool) {
	defer func() {
		if recover() != nil {
			in = false
		}
	}()
	synctest.Wait()
	return true
}

type bubbleInstance struct{ *fakeInstance }

// Advance lets d pass in the bubble, for servers, clients and timers alike,
// and returns when all that it has set off has come to rest.
func (b bubbleInstance) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("advance by %v: time moves forward only", d)
	}
	select {
	case <-time.After(d):
		synctest.Wait()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
