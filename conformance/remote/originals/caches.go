package originals

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/redistest"
)

// Subject is o in process p, on the real server that redistest finds.
func (o Original) Subject(p *remote.Process) cachetest.Subject {
	profiles := []conformance.Profile{conformance.Strict}
	if strings.HasPrefix(o.Name, "django-redis") {
		profiles = append(profiles, conformance.Wire)
	}
	return cachetest.Subject{
		Name: o.Name, Claims: o.claims, Profiles: profiles, Waive: unsendable(),
		New: func(tb conformance.TB) cachetest.Cache {
			if strings.Contains(o.entry, "locmem") {
				tb.Equip(conformance.Equipment{Clock: p})
				return o.open(tb, p, remote.Entry{"LOCATION": tb.Name(), "max_entries": 1 << 30})
			}
			id := conformance.ID(path.Base(tb.Name()))
			if id == promotes && o.sentinels {
				return o.watched(tb, p)
			}
			engine := []redistest.Option{redistest.Real()}
			if alone(id) {
				engine = []redistest.Option{redistest.Native(), redistest.Exclusive()}
			}
			srv := redistest.Start(tb, engine...)
			e := served.Equipment(srv)
			e.Clock = both{srv, p}
			switch {
			case alone(id):
				e.Faults = served.Pressing(srv)
			case id == promotes:
				e.Faults = served.Promoting(srv.Faults(), func(context.Context) error {
					return fmt.Errorf("%s asks no sentinels and knows no cluster", o.Name)
				})
			}
			tb.Equip(e)
			// By way of the faults, on which Python's commands are seen.
			return seen{o.open(tb, p, remote.Entry{"LOCATION": served.URL(srv)}), served.Store(srv)}
		},
	}
}

// alone reports whether a requirement is judged on a server that nobody
// shares, as it restarts the server or takes its memory away.
func alone(id conformance.ID) bool {
	return id == "CACHE-FLT-016" || id.Area() == "EVI"
}

// promotes is the requirement that is judged on a master with sentinels.
const promotes conformance.ID = "CACHE-TOP-011"

// watched opens o on a master that sentinels watch.
func (o Original) watched(tb conformance.TB, p *remote.Process) cachetest.Cache {
	s := redistest.Sentinel(tb, 1)
	tb.Equip(conformance.Equipment{Clock: p, Faults: served.Watched(s)})
	sentinels := []any{}
	for _, addr := range s.Addrs() {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			tb.Fatalf("%v", err)
		}
		sentinels = append(sentinels, []any{host, port})
	}
	return o.open(tb, p, remote.Entry{"LOCATION": "redis://" + s.MasterName() + "/0", "OPTIONS": map[string]any{
		"CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory", "SENTINELS": sentinels,
	}})
}

// open opens o with the rest of its entry until the instance ends.
func (o Original) open(tb conformance.TB, p *remote.Process, entry remote.Entry) *remote.Cache {
	entry["BACKEND"] = o.entry
	c, err := p.Open(tb.Context(), entry, o.lacks...)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(func() {
		if err := c.Drop(context.Background()); err != nil {
			tb.Errorf("%v", err)
		}
	})
	return c
}

// seen is a cache whose store can be looked at.
type seen struct {
	*remote.Cache
	cachetest.Inspector
}

// At implements cachetest.Versioned.
func (s seen) At(version string) cachetest.Cache {
	return seen{s.Cache.At(version).(*remote.Cache), s.Inspector}
}

// Open implements cachetest.Opener.
func (s seen) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	c, err := s.Cache.Open(ctx, alias)
	if err != nil {
		return nil, err
	}
	return seen{c.(*remote.Cache), s.Inspector}, nil
}

// both is the clock of a server and of the child that uses it.
type both struct {
	*redistest.Server
	child *remote.Process
}

// Advance implements conformance.Clock.
func (b both) Advance(ctx context.Context, d time.Duration) error {
	return errors.Join(b.Server.Advance(ctx, d), b.child.Advance(ctx, d))
}
