package served

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// Pressing are the [Faults] of srv, which can take memory away from it, too, in
// place of those of [Equipment]:
//
//	srv := redistest.Start(tb, redistest.Native(), redistest.Exclusive())
//	e := served.Equipment(srv)
//	e.Faults = served.Pressing(srv)
//
// srv has to be of the instance's own: others would run out of memory with it.
func Pressing(srv *redistest.Server) conformance.Faults { return pressing{stepping(srv), srv} }

type pressing struct {
	*steps
	srv *redistest.Server
}

// Press implements conformance.Presser. The setting ends with the server.
func (p pressing) Press(ctx context.Context, policy string) error {
	client := p.srv.Client()
	info, err := client.InfoMap(ctx, "memory").Result()
	if err != nil {
		return fmt.Errorf("ask for its memory: %w", err)
	}
	used, err := strconv.Atoi(info["Memory"]["used_memory"])
	if err != nil {
		return fmt.Errorf("ask for its memory: %w: %w", errors.ErrUnsupported, err)
	}
	const room = 2 << 20
	if err := client.ConfigSet(ctx, "maxmemory-policy", policy).Err(); err != nil {
		return err
	}
	return client.ConfigSet(ctx, "maxmemory", strconv.Itoa(used+room)).Err()
}

// Promoting are f, which can make a replica the master by promote, too: it
// returns when a replica that has all data is the master.
func Promoting(f *redistest.Faults, promote func(context.Context) error) conformance.Faults {
	return promoting{f, promote}
}

type promoting struct {
	*redistest.Faults
	promote func(context.Context) error
}

// Promote implements conformance.Promoter.
func (p promoting) Promote(ctx context.Context) error { return p.promote(ctx) }

// Watched are the faults of a master with sentinels, which they fail over.
func Watched(s *redistest.SentinelServer) conformance.Faults {
	master := s.Client()
	return Promoting(s.Faults(), func(ctx context.Context) error {
		// What a replica does not have yet would be lost, which is no fault of the cache.
		if err := master.Wait(ctx, 1, 5*time.Second).Err(); err != nil {
			return fmt.Errorf("wait for a replica: %w", err)
		}
		return s.Failover(ctx)
	})
}
