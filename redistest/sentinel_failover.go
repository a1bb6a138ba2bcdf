package redistest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// replaceMaster has the sentinels replace the master, after change was called
// with it.
func (w *watched) replaceMaster(ctx context.Context, change func(master *node) error) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	old, err := w.Master(ctx)
	if err != nil {
		return err
	}
	if change != nil {
		if err := change(old); err != nil {
			return err
		}
	}
	var ordered time.Time
	whom := 0
	if err := eventually(ctx, "the sentinels choose a new master", func() error {
		if time.Since(ordered) > again {
			ordered = time.Now()
			if err := order(ctx, w.Sentinels[whom]); err != nil {
				whom = (whom + 1) % len(w.Sentinels) // another may know of a replica good enough
				return err
			}
		}
		n, err := w.Master(ctx)
		if err == nil && n == old {
			err = fmt.Errorf("%s is still the master", old.end.Addr)
		}
		return err
	}); err != nil {
		return err
	}
	return w.follow(ctx)
}

// again is how long a sentinel is left alone before it is told once more: it
// drops a failover for which it finds no replica good enough.
const again = 500 * time.Millisecond

// order tells a sentinel to fail over, unless it is at it.
func order(ctx context.Context, sentinel *node) error {
	err := sentinel.Client().Do(ctx, "sentinel", "failover", sentinelMaster).Err()
	if err == nil || strings.HasPrefix(err.Error(), "INPROG") {
		return nil
	}
	return fmt.Errorf("order sentinel %s to fail over: %w", sentinel.end.Addr, err)
}

// follow makes every other server that runs a replica of the master, and waits
// until that has settled. The sentinels would do so in their own time. As they
// do, it breaks the connections of the server's clients, who would go on
// asking a former master.
func (w *watched) follow(ctx context.Context) error {
	master, err := w.Master(ctx)
	if err != nil {
		return err
	}
	for _, n := range w.Servers {
		if n == master || !n.Up() {
			continue
		}
		// The connection for this may be among those a sentinel is breaking.
		if err := eventually(ctx, "make "+n.end.Addr+" a replica", func() error {
			_, err := n.Client().TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Do(ctx, "replicaof", "127.0.0.1", master.port.number)
				p.Do(ctx, "client", "kill", "type", "normal")
				p.Do(ctx, "client", "kill", "type", "pubsub")
				return nil
			})
			return err
		}); err != nil {
			return err
		}
	}
	return w.Settled(ctx)
}

// restart starts the dead servers as replicas of the master.
func (w *watched) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	for _, n := range w.Servers {
		if !n.Up() {
			if err := n.Restart(ctx); err != nil {
				return err
			}
		}
	}
	return w.follow(ctx)
}
