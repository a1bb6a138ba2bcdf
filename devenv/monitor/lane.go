package monitor

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// What one server is asked in a second: figures for all, and the rest by turns.
const (
	pulseRate = 2 // PING and INFO
	turnsRate = 3
)

// A lane lets so many commands a second through to one server. It counts from
// the reply of one to the next that takes its place, so that in no second the
// server runs more, however late a command reaches it.
//
// As a hook of go-redis it sees what a connection is set up with, too. Those
// commands are part of the one that needs the connection: they do not wait for
// their turn, but for a place like all others.
type lane struct {
	turn   chan struct{} // one command after the other
	places places
	setup  places // of the commands that set up connections
}

// places holds the times from which on each may be taken.
type places chan time.Time

// newLanes are those of one server. Connections are set up in the places of
// turns alone: the figures are awaited for two seconds.
func newLanes() lanes {
	pulse, turns := newPlaces(pulseRate), newPlaces(turnsRate)
	return lanes{
		pulse: &lane{turn: make(chan struct{}, 1), places: pulse, setup: turns},
		turns: &lane{turn: make(chan struct{}, 1), places: turns, setup: turns},
	}
}

func newPlaces(perSecond int) places {
	p := make(places, perSecond)
	for range perSecond {
		p <- time.Time{}
	}
	return p
}

// take waits for a place, which leave gives back.
func (p places) take(ctx context.Context) error {
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

func (p places) leave() { p <- time.Now().Add(time.Second) }

// inTurn marks the context of a command that has its turn.
type inTurn struct{}

// pass runs one command, when it is its turn and there is a place.
func (l *lane) pass(ctx context.Context, run func(context.Context) error) error {
	from := l.setup
	if ctx.Value(inTurn{}) == nil {
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
		ctx, from = context.WithValue(ctx, inTurn{}, true), l.places
	}
	if err := from.take(ctx); err != nil {
		return err
	}
	defer from.leave()
	return run(ctx)
}

// in returns a hook that has every command of client pass. Its pipelines are
// sent one command at a time.
func (l *lane) in(client redis.UniversalClient) redis.Hook { return laneHook{l, client} }

type laneHook struct {
	lane   *lane
	client redis.UniversalClient // nil: it sends no pipelines
}

// DialHook implements redis.Hook: to dial costs no command.
func (h laneHook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (h laneHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return h.lane.pass(ctx, func(ctx context.Context) error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook implements redis.Hook. A pipeline that sets up a
// connection must go through that one.
func (h laneHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		var first error
		for n, cmd := range cmds {
			err := error(nil)
			if ctx.Value(inTurn{}) == nil {
				err = h.client.Process(ctx, cmd)
			} else if err = h.lane.pass(ctx, func(ctx context.Context) error { return next(ctx, cmds[n:n+1]) }); err != nil && cmd.Err() == nil {
				cmd.SetErr(err) // it was not sent
			}
			if first == nil {
				first = err
			}
		}
		return first
	}
}
