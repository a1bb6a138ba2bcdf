package monitor

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// What one server is asked in a second: figures for all, and the rest by turns.
const (
	figuresRate = 2 // PING and INFO
	restRate    = 3
)

// A limiter lets so many commands a second through to one server. It counts from
// the reply of one to the next that takes its slot, so that in no second the
// server runs more, however late a command reaches it.
//
// As a hook of go-redis it sees what a connection is set up with, too. Those
// commands are part of the one that needs the connection: they do not wait for
// their turn, but for a slot like all others.
type limiter struct {
	turn  chan struct{} // one command after the other
	slots slots
	setup slots // of the commands that set up connections
}

// slots holds the times from which on each may be taken.
type slots chan time.Time

// newLimiters are those of one server. Connections are set up in the slots of
// the rest alone: the figures are awaited for two seconds.
func newLimiters() limiters {
	figures, rest := newSlots(figuresRate), newSlots(restRate)
	return limiters{
		figures: &limiter{turn: make(chan struct{}, 1), slots: figures, setup: rest},
		rest:    &limiter{turn: make(chan struct{}, 1), slots: rest, setup: rest},
	}
}

func newSlots(perSecond int) slots {
	p := make(slots, perSecond)
	for range perSecond {
		p <- time.Time{}
	}
	return p
}

// take waits for a slot, which leave gives back.
func (p slots) take(ctx context.Context) error {
	var free time.Time
	select {
	case free = <-p:
	case <-ctx.Done():
		return ctx.Err()
	}
	if wait := time.Until(free); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			p <- free
			return ctx.Err()
		}
	}
	return nil
}

func (p slots) leave() { p <- time.Now().Add(time.Second) }

// inTurn marks the context of a command that has its turn.
type inTurn struct{}

// pass runs one command, when it is its turn and there is a slot.
func (l *limiter) pass(ctx context.Context, run func(context.Context) error) error {
	from := l.setup
	if ctx.Value(inTurn{}) == nil {
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
		ctx, from = context.WithValue(ctx, inTurn{}, true), l.slots
	}
	if err := from.take(ctx); err != nil {
		return err
	}
	defer from.leave()
	return run(ctx)
}

// in returns a hook that has every command of client pass. Its pipelines are
// sent one command at a time.
func (l *limiter) in(client redis.UniversalClient) redis.Hook { return limiterHook{l, client} }

type limiterHook struct {
	limiter *limiter
	client  redis.UniversalClient // nil: it sends no pipelines
}

// DialHook implements redis.Hook: to dial costs no command.
func (h limiterHook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (h limiterHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return h.limiter.pass(ctx, func(ctx context.Context) error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook implements redis.Hook. A pipeline that sets up a
// connection must go through that one.
func (h limiterHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		var first error
		for n, cmd := range cmds {
			err := error(nil)
			if ctx.Value(inTurn{}) == nil {
				err = h.client.Process(ctx, cmd)
			} else if err = h.limiter.pass(ctx, func(ctx context.Context) error { return next(ctx, cmds[n:n+1]) }); err != nil && cmd.Err() == nil {
				cmd.SetErr(err) // it was not sent
			}
			if first == nil {
				first = err
			}
		}
		return first
	}
}
