package cache

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A Loader reads through a cache without a stampede: when an entry is missing
// only one caller of all processes computes it, and before it expires one of
// them renews it early. It is safe for concurrent use. The entries are plain
// ones, which Python reads as well.
type Loader struct {
	cache   Cache
	options LoaderOptions
	flight  *flight
	costs   costs
}

// LoaderOptions say how a Loader protects what it loads.
type LoaderOptions struct {
	// Lock bounds one computation across processes: after it another process
	// may begin. Zero means that only callers of this process share one.
	Lock time.Duration
	// Wait bounds how long a caller waits for another process before it
	// computes for itself. Zero means Lock.
	Wait time.Duration
	// Poll is the time between two looks while waiting. Zero means 50 ms.
	Poll time.Duration
	// Beta renews entries before they expire, with a chance that grows as the
	// end comes near and with the time the computation takes: 1 is the optimum
	// of the paper, more is earlier, zero never. It costs the entry's TTL in
	// the round trip of every read.
	// Source: Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache
	// Stampede Prevention, 2015.
	Beta float64
	// Cost is how long a computation is taken to last whose entry this Loader
	// did not compute. With Beta, zero leaves the early renewal of such an
	// entry to the process that did.
	Cost time.Duration
}

// NewLoader returns a Loader on c.
func NewLoader(c Cache, o LoaderOptions) *Loader {
	if o.Wait == 0 {
		o.Wait = o.Lock
	}
	if o.Poll <= 0 {
		o.Poll = 50 * time.Millisecond
	}
	return &Loader{cache: c, options: o, flight: newFlight()}
}

// Get returns the entry under key, or what compute makes and Set stores. An
// error of compute stores nothing and reaches every caller that waited for it
// in this process. The context of the caller that computes is compute's.
func (l *Loader) Get(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...Option) (any, error) {
	c := parse(opts)
	id := flightKey(key, &c)
	since := l.flight.past(id).Load()
	v, renew, err := l.read(ctx, id, key, opts)
	if err == nil && !renew || err != nil && !errors.Is(err, ErrNotFound) {
		return v, err
	}
	fresh, shared, failed := l.flight.do(ctx, id, since, func(late bool) (any, error) {
		if late { // another caller may have stored it meanwhile
			if v, err := l.cache.Get(ctx, key, opts...); err == nil {
				return v, nil
			}
		}
		timed := func(ctx context.Context) (any, error) {
			begin := time.Now()
			v, err := compute(ctx)
			if err == nil && l.options.Beta > 0 {
				l.costs.note(id, time.Since(begin))
			}
			return v, err
		}
		return l.load(ctx, key, renew, timed, opts)
	})
	if failed != nil && renew {
		return v, nil // the old entry is still good
	}
	if shared && failed == nil {
		fresh = plain.Clone(fresh) // values are snapshots: each caller has its own
	}
	return fresh, failed
}

// flightKey sets the versions and prefixes of a key apart.
func flightKey(key string, c *call) string {
	if c.given == 0 {
		return key
	}
	return string(c.name) + "\x00" + c.version.text() + "\x00" + c.prefix + "\x00" + key
}

// read gets the entry and decides whether this caller renews it early.
func (l *Loader) read(ctx context.Context, id, key string, opts []Option) (v any, renew bool, err error) {
	cost := time.Duration(0)
	if l.options.Beta > 0 {
		cost = l.costs.of(id, l.options.Cost)
	}
	if cost <= 0 {
		v, err = l.cache.Get(ctx, key, opts...)
		return v, false, err
	}
	var value *Future[any]
	var left *Future[time.Duration]
	err = l.cache.Pipeline(ctx, func(p Pipe) error {
		value, left = p.Get(key, opts...), p.PTTL(key, opts...)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	v, err = value.Result()
	if d, failed := left.Result(); err == nil && failed == nil && d >= 0 {
		renew = -float64(cost)*l.options.Beta*math.Log(rand.Float64()) >= float64(d)
	}
	return v, renew, err
}

// errRenewing: another process renews the entry, so nobody waits.
var errRenewing = errors.New("another process renews the entry")

// load computes under the lock of the entry, or waits for who does.
func (l *Loader) load(ctx context.Context, key string, renew bool, compute func(context.Context) (any, error), opts []Option) (any, error) {
	if l.options.Lock <= 0 {
		return l.compute(ctx, key, compute, opts)
	}
	lock := l.cache.Lock(key+":lock", LockOptions{Timeout: l.options.Lock, Wait: -1}, opts...)
	for deadline := time.Now().Add(l.options.Wait); ; {
		held, err := lock.Acquire(ctx)
		switch {
		case held:
			return l.locked(ctx, lock, key, renew, compute, opts)
		case ctx.Err() != nil:
			return nil, fail("load", key, nil, ctx.Err())
		case renew:
			return nil, errRenewing
		case err != nil || !time.Now().Before(deadline):
			return l.compute(ctx, key, compute, opts) // better twice than never
		}
		if err := pause(ctx, l.options.Poll); err != nil {
			return nil, fail("load", key, nil, err)
		}
		if v, err := l.cache.Get(ctx, key, opts...); !errors.Is(err, ErrNotFound) {
			return v, err
		}
	}
}

// locked computes while the lock is held, unless the entry came meanwhile.
func (l *Loader) locked(ctx context.Context, lock Lock, key string, renew bool, compute func(context.Context) (any, error), opts []Option) (any, error) {
	defer func() {
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = lock.Release(release) // lost or unreachable, it ends by its timeout
	}()
	if !renew {
		if v, err := l.cache.Get(ctx, key, opts...); err == nil {
			return v, nil
		}
	}
	return l.compute(ctx, key, compute, opts)
}

// compute makes and stores the entry.
func (l *Loader) compute(ctx context.Context, key string, compute func(context.Context) (any, error), opts []Option) (any, error) {
	v, err := compute(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.cache.Set(ctx, key, v, opts...); err != nil {
		return nil, err
	}
	if c, ok := l.cache.(interface{ own(any) (any, error) }); ok {
		return c.own(v)
	}
	return plain.Snapshot(v)
}

// pause waits for d or until ctx is done.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
