package redistest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/glob"
)

// realGrain is the grain of every real server. The warp itself is exact to
// the millisecond, but the server's own clock runs on beside it: a lifetime
// set a while before Advance has lost that while too.
const realGrain = 250 * time.Millisecond

// clockOf finds the clock of what a test holds: the instance's own, else a
// warp of the test's keys.
func clockOf(h *holding) Clock {
	if c, ok := h.instance.(Clock); ok {
		return c
	}
	return warpClock{h}
}

// A warpClock moves the expiry times of a real server.
type warpClock struct{ h *holding }

func (w warpClock) Advance(ctx context.Context, d time.Duration) error {
	match := "*"
	if w.h.prefix != "" {
		match = glob.Escape(w.h.prefix) + "*"
	}
	dbs := []int{w.h.db}
	if w.h.whole {
		var err error
		if dbs, err = w.h.ctl.usedDatabases(ctx); err != nil {
			return err
		}
	}
	for _, db := range dbs {
		if err := w.h.ctl.warp(ctx, db, match, d); err != nil {
			return fmt.Errorf("advance database %d by %v: %w", db, d, err)
		}
	}
	return nil
}

func (w warpClock) Grain() time.Duration { return realGrain }
func (w warpClock) Blocking() bool       { return false }

// usedDatabases lists the databases that hold keys.
func (c *control) usedDatabases(ctx context.Context) ([]int, error) {
	info, err := c.client().Info(ctx, "keyspace").Result()
	if err != nil {
		return nil, fmt.Errorf("ask which databases hold keys: %w", err)
	}
	var dbs []int
	for line := range strings.Lines(info) {
		var db int
		if _, err := fmt.Sscanf(line, "db%d:", &db); err == nil {
			dbs = append(dbs, db)
		}
	}
	return dbs, nil
}
