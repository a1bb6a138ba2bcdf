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

// Pressing are the faults of srv, a server of the instance's own, that can take
// memory away from it.
func Pressing(srv *redistest.Server) conformance.Faults { return pressing{srv.Faults(), srv} }

type pressing struct {
	*redistest.Faults
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

// Promoting are faults that can make a replica the master.
func Promoting(f *redistest.Faults, promote func(context.Context) error) conformance.Faults {
	return promoting{f, promote}
}

type promoting struct {
	*redistest.Faults
	promote func(context.Context) error
}

// Promote implements conformance.Promoter.
func (p promoting) Promote(ctx context.Context) error { return p.promote(ctx) }

// Watched are the faults of a master with sentinels.
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
