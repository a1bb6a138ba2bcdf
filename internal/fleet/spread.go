package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// talkative is the cluster-node-timeout of a replica with news: a node pings
// whom it has not heard from for half of it, at its next look around, which it
// takes every 100 ms.
const talkative = "20"

// gossip is how long such news take to reach all, when nothing is in the way.
const gossip = 500 * time.Millisecond

// spread waits until want is satisfied, which depends on whom the replicas
// follow. It has them ping everybody: only masters judge who has failed, so the
// haste of a replica harms nobody, while the links of nodes that MEET again
// break and take another look around to come back.
func (c *Cluster[N]) spread(ctx context.Context, want func(context.Context) error) (err error) {
	replicas := c.Nodes[c.Masters:]
	before := make(map[int]string, len(replicas))
	for i, n := range replicas {
		config, err := n.Client().ConfigGet(ctx, "cluster-node-timeout").Result()
		if err != nil {
			return fmt.Errorf("ask a replica for its patience: %w", err)
		}
		before[i] = config["cluster-node-timeout"]
	}
	set := func(ctx context.Context, value func(int) string) error {
		var errs []error
		for i, n := range replicas {
			errs = append(errs, n.Client().ConfigSet(ctx, "cluster-node-timeout", value(i)).Err())
		}
		return errors.Join(errs...)
	}
	defer func() {
		err = errors.Join(err, set(context.WithoutCancel(ctx), func(i int) string { return before[i] }))
	}()
	if err := set(ctx, func(int) string { return talkative }); err != nil {
		return fmt.Errorf("have the replicas tell whom they follow: %w", err)
	}
	soon, cancel := context.WithTimeout(ctx, gossip)
	defer cancel()
	if Eventually(soon, "", func() error { return want(ctx) }) == nil {
		return nil
	}
	return c.Agree(ctx, want)
}
