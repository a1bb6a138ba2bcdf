package redistest

import (
	"context"
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// Master returns the host:port of the node that is master of shard now.
func (c *ClusterServer) Master(ctx context.Context, shard int) (string, error) {
	n, err := c.cluster.master(ctx, shard)
	if err != nil {
		return "", err
	}
	return n.end.Addr, nil
}

// Failover makes a replica of shard its master in good order, losing nothing
// (CLUSTER FAILOVER), and returns when every node knows. The old master
// follows the new one.
func (c *ClusterServer) Failover(ctx context.Context, shard int) error {
	return c.cluster.replaceMaster(ctx, shard, func(old, next *node) error {
		if err := next.Client().ClusterFailover(ctx).Err(); err != nil {
			return err
		}
		return eventually(ctx, "the replica takes over", func() error { return fleet.ExpectMaster(ctx, next) })
	})
}

// KillMaster ends the master of shard with SIGKILL and, if the shard has a
// replica, returns when that has taken its place and every node knows, and
// the client of Client too; another one has to find out by itself. Nobody
// waits for the time-out by which the nodes would notice: the replica is told
// to take over. Without a replica, the slots are served by nobody until
// Restart. Writes that had not reached the replica are lost.
func (c *ClusterServer) KillMaster(ctx context.Context, shard int) error {
	if c.cluster.Replicas == 0 {
		n, err := c.cluster.master(ctx, shard)
		if err != nil {
			return err
		}
		return n.Kill(ctx)
	}
	if err := c.cluster.replaceMaster(ctx, shard, func(old, next *node) error {
		if err := old.Kill(ctx); err != nil {
			return err
		}
		return next.Client().Do(ctx, "cluster", "failover", "takeover").Err()
	}); err != nil {
		return err
	}
	return c.reload(ctx)
}

// Restart starts the nodes that were killed again and returns when the
// cluster is in order: a former master whose replica took over follows it. A
// master that nobody replaced takes two seconds until it serves again, as
// Redis wants it, and has its data back.
func (c *ClusterServer) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	var dead []*node
	for _, n := range c.nodes {
		if !n.Up() {
			dead = append(dead, n)
		}
	}
	if err := together(dead, func(n *node) error { return n.Restart(ctx) }); err != nil {
		return err
	}
	return c.cluster.Agree(ctx, c.cluster.ExpectWhole)
}

// master returns the node that is master of shard.
func (c *cluster) master(ctx context.Context, shard int) (*node, error) {
	if shard < 0 || shard >= c.Masters {
		return nil, fmt.Errorf("shard %d: the cluster has shards 0 to %d", shard, c.Masters-1)
	}
	for i, n := range c.Nodes {
		if c.Shard(i) == shard && n.Up() && fleet.ExpectMaster(ctx, n) == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("shard %d has no master that runs: start it with Restart", shard)
}

// serving returns the master of each shard.
func (c *cluster) serving(ctx context.Context) (out []*node, err error) {
	for shard := range c.Masters {
		n, err := c.master(ctx, shard)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// replaceMaster calls change with the master of shard and a replica that has
// its data, and waits until every node knows the replica for the master.
func (c *cluster) replaceMaster(ctx context.Context, shard int, change func(old, next *node) error) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	old, err := c.master(ctx, shard)
	if err != nil {
		return err
	}
	var others []*node
	for i, n := range c.Nodes {
		if c.Shard(i) == shard && n != old && n.Up() {
			others = append(others, n)
		}
	}
	i := slices.IndexFunc(others, func(n *node) bool { return fleet.ExpectSynced(ctx, n) == nil })
	if i < 0 {
		return fmt.Errorf("shard %d has no replica that could take over: ask Cluster for one", shard)
	}
	next := others[i]
	if err := change(old, next); err != nil {
		return fmt.Errorf("replace the master of shard %d: %w", shard, err)
	}
	id := c.IDs[slices.Index(c.Nodes, next)]
	for _, n := range others {
		if n == next {
			continue
		}
		if err := fleet.Follow(ctx, n, id); err != nil {
			return err
		}
	}
	return c.Agree(ctx, c.ExpectWhole)
}
