package redistest

import (
	"context"
	"net"
	"sync"
)

// servers holds the running servers that tests share, one per engine. It is
// the one piece of state that belongs to the process: a test binary has no
// other place that outlives its tests.
var servers = &registry{of: map[Engine]*shared{}}

type registry struct {
	mu sync.Mutex
	of map[Engine]*shared
}

// A shared server is booted once; its databases, or its keys, are leased.
type shared struct {
	boot func() error // once

	instance Instance
	end      Endpoint
	conns    *conns
	ctl      *control
	version  func() string
	leases   leaser
}

// A leaser lends parts of one server. It is safe for concurrent use.
type leaser interface {
	// take lends a clean part: it sets db or prefix, credentials and release.
	take(ctx context.Context, h *holding) error
}

// lease lends a clean part of the server of engine, booting it first if no
// test has yet. A boot that failed is tried again by the next test, and so is
// a server that has ended since: the tests that were on it fail by themselves.
func (r *registry) lease(ctx context.Context, engine Engine, set *settings) (*holding, error) {
	sh, err := r.get(engine)
	if err != nil {
		return nil, err
	}
	h, err := sh.lease(ctx, set)
	if err == nil {
		return h, nil
	}
	words, dead := sh.ended()
	if !dead {
		return nil, err
	}
	r.drop(engine, sh)
	if sh, err = r.get(engine); err != nil {
		return nil, err
	}
	if h, err = sh.lease(ctx, set); err != nil {
		return nil, err
	}
	h.notes = append(h.notes, "the server that tests share had ended, so this test has a new one; a test that stops a server needs redistest.Exclusive()"+words)
	return h, nil
}

// get returns the booted server of engine.
func (r *registry) get(engine Engine) (*shared, error) {
	r.mu.Lock()
	sh := r.of[engine]
	if sh == nil {
		sh = &shared{}
		sh.boot = sync.OnceValue(func() error { return sh.start(engine) })
		r.of[engine] = sh
	}
	r.mu.Unlock()
	if err := sh.boot(); err != nil {
		r.drop(engine, sh)
		return nil, err
	}
	return sh, nil
}

func (r *registry) drop(engine Engine, sh *shared) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of[engine] == sh {
		delete(r.of, engine)
	}
}

// start boots the server. Its time limit is its own: the test that happens to
// come first must not take the server down with it.
func (sh *shared) start(engine Engine) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), bootLimit)
	defer cancel()
	instance, err := engine.Boot(ctx, Config{Databases: sharedDatabases})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = instance.Stop(ctx)
		}
	}()
	sh.instance, sh.end = instance, instance.Endpoint()
	sh.conns = newConns(sh.end)
	sh.ctl = newControl(sh.end, sh.end.open)
	sh.version = versionOf(instance, sh.ctl)
	if f, ok := instance.(foreign); ok {
		sh.leases, err = f.leaser(ctx, sh.ctl)
		return err
	}
	total, err := countDatabases(ctx, sh.ctl)
	if err != nil {
		return err
	}
	sh.leases = newDatabases(sh.ctl, newOwnSlots(sh.ctl, total))
	return nil
}

// A foreign instance serves others too, so it says itself how to lease it.
type foreign interface {
	leaser(ctx context.Context, ctl *control) (leaser, error)
}

// lease lends a clean part of the server.
func (sh *shared) lease(ctx context.Context, set *settings) (*holding, error) {
	h := &holding{test: set.test, end: sh.end, instance: sh.instance, ctl: sh.ctl, version: sh.version}
	h.open = func(ctx context.Context) (net.Conn, error) { return sh.conns.open(ctx, h.db) }
	h.clock = clockOf(h)
	if err := sh.leases.take(ctx, h); err != nil {
		return nil, err
	}
	if set.fence {
		return h, h.enclose(ctx)
	}
	return h, nil
}

// ended tells whether the server is known to be dead, and its last words.
func (sh *shared) ended() (words string, dead bool) {
	p, ok := sh.instance.(interface {
		Ended() (words string, dead bool)
	})
	if !ok {
		return "", false
	}
	return p.Ended()
}
