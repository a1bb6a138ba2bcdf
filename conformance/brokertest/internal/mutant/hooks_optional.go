package mutant

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/conformance/brokertest"
)

func (b broken) Restore(ctx ctx) error {
	if b.bug.restore != nil {
		return b.bug.restore(b.Full, ctx)
	}
	return b.Full.Restore(ctx)
}

func (b broken) Extend(ctx ctx, owner string, ds ...Delivery) error {
	if b.bug.extend != nil {
		return b.bug.extend(b.Full, ctx, owner, ds)
	}
	return b.Full.Extend(ctx, owner, ds...)
}

func (b broken) Park(ctx ctx, d Delivery, after time.Duration) error {
	if b.bug.park != nil {
		return b.bug.park(b.Full, ctx, d, after)
	}
	return b.Full.Park(ctx, d, after)
}

func (b broken) Bury(ctx ctx, d Delivery, reason string) error {
	if b.bug.bury != nil {
		return b.bug.bury(b.Full, ctx, d, reason)
	}
	return b.Full.Bury(ctx, d, reason)
}

func (b broken) Dead(ctx ctx, max int) ([]Dead, error) {
	if b.bug.dead != nil {
		return b.bug.dead(b.Full, ctx, max)
	}
	return b.Full.Dead(ctx, max)
}

func (b broken) Revive(ctx ctx, dead ...Dead) (int, error) {
	if b.bug.revive != nil {
		return b.bug.revive(b.Full, ctx, dead)
	}
	return b.Full.Revive(ctx, dead...)
}

func (b broken) Drop(ctx ctx, dead ...Dead) (int, error) {
	if b.bug.drop != nil {
		return b.bug.drop(b.Full, ctx, dead)
	}
	return b.Full.Drop(ctx, dead...)
}

func (b broken) Purge(ctx ctx, queue string) (int, error) {
	if b.bug.purge != nil {
		return b.bug.purge(b.Full, ctx, queue)
	}
	return b.Full.Purge(ctx, queue)
}

func (b broken) Peek(ctx ctx, queue string, max int) ([]Delivery, error) {
	if b.bug.peek != nil {
		return b.bug.peek(b.Full, ctx, queue, max)
	}
	return b.Full.Peek(ctx, queue, max)
}

func (b broken) Wait(ctx ctx, c Consumer, limit time.Duration) error {
	c = c.(*brokenConsumer).Consumer
	if b.bug.wait != nil {
		return b.bug.wait(b.Full, ctx, c, limit)
	}
	return b.Full.Wait(ctx, c, limit)
}

func (b broken) Broadcast(ctx ctx, exchange, key string, body []byte) error {
	if b.bug.cast != nil {
		return b.bug.cast(b.Full, ctx, exchange, key, body)
	}
	return b.Full.Broadcast(ctx, exchange, key, body)
}

func (b broken) Listen(ctx ctx, bindings ...Binding) (brokertest.Listener, error) {
	var l brokertest.Listener
	var err error
	if b.bug.listen != nil {
		l, err = b.bug.listen(b.Full, ctx, bindings)
	} else {
		l, err = b.Full.Listen(ctx, bindings...)
	}
	if err != nil || b.bug.next == nil {
		return l, err
	}
	return brokenListener{l, b.bug}, nil
}

type brokenListener struct {
	brokertest.Listener
	bug bug
}

func (l brokenListener) Next(ctx ctx) (brokertest.Heard, error) { return l.bug.next(l.Listener, ctx) }

func (b broken) Inject(ctx ctx, queue string, raw []byte) error {
	if b.bug.inject != nil {
		return b.bug.inject(b.Full, ctx, queue, raw)
	}
	return b.Full.Inject(ctx, queue, raw)
}

func (b broken) Declare(ctx ctx, kind string, bindings ...Binding) error {
	if b.bug.declare != nil {
		return b.bug.declare(b.Full, ctx, kind, bindings)
	}
	return b.Full.Declare(ctx, kind, bindings...)
}

func (b broken) Unbind(ctx ctx, bindings ...Binding) error {
	if b.bug.unbind != nil {
		return b.bug.unbind(b.Full, ctx, bindings)
	}
	return b.Full.Unbind(ctx, bindings...)
}

// Open opens a broker with the same bug.
func (b broken) Open(ctx ctx, s Settings) (brokertest.Broker, error) {
	open := func(full Full, c context.Context, s Settings) (brokertest.Broker, error) { return full.Open(c, s) }
	if b.bug.open != nil {
		open = b.bug.open
	}
	other, err := open(b.Full, ctx, s)
	if err != nil {
		return nil, err
	}
	return broken{other.(Full), b.bug}, nil
}

func (b broken) Foreign(ctx ctx, queue string) ([]string, error) {
	if b.bug.foreign != nil {
		return b.bug.foreign(b.Full, ctx, queue)
	}
	return b.Full.Foreign(ctx, queue)
}
