package fleet

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// A Cluster is the nodes of one Redis Cluster: masters first, then the
// replicas of the first master, of the second, …
type Cluster[N Node] struct {
	Masters, Replicas int // replicas of each master
	Nodes             []N
	IDs               []string // of Nodes; NewIDs makes those of a new fleet
}

// A new master does not take writes for two seconds
// (CLUSTER_WRITABLE_DELAY), so the way of the manual, ADDSLOTS and MEET, takes
// two seconds at least. A replica that is promoted does not wait. So each
// node starts as a replica: of a master that does not exist but owns its
// slots, according to the nodes.conf that every node is given. When the nodes
// have found each other, each takes over from its master, and the masters
// that never were are forgotten. (Giving each node a view in which the others
// are masters already does not work: gossip undoes it.)

// Form makes one cluster of the nodes, which run with an empty directory each
// but for their NodesConf. It returns when the cluster is whole.
func (c *Cluster[N]) Form(ctx context.Context) error {
	if err := Eventually(ctx, "the nodes meet", func() error { return c.expectMesh(ctx) }); err != nil {
		return err
	}
	for i := range c.Masters {
		if err := c.takeOver(ctx, i); err != nil {
			return err
		}
	}
	if err := Together(c.Nodes[c.Masters:], func(n N) error {
		return Follow(ctx, n, c.IDs[c.Shard(slices.Index(c.Nodes, n))])
	}); err != nil {
		return err
	}
	if err := c.spread(ctx, c.expectOwners); err != nil {
		return err
	}
	if err := Together(c.Nodes, func(n N) error { return c.forget(ctx, n) }); err != nil {
		return err
	}
	return Eventually(ctx, "the replicas follow", func() error { return c.ExpectWhole(ctx) })
}

// takeOver promotes the replica that becomes the i-th master, when it has heard
// of the one before: it takes the next epoch after those it knows. With one
// epoch for two masters the nodes would settle which of them gets another some
// time later, and a slot that is moved meanwhile falls back to its old owner,
// without its keys.
func (c *Cluster[N]) takeOver(ctx context.Context, i int) error {
	n := c.Nodes[i]
	if i > 0 {
		if err := Eventually(ctx, "hear of the master before", func() error {
			all, err := View(ctx, n.Client())
			if err != nil {
				return err
			}
			if m, _ := Owner(all, Shares(c.Masters)[i-1][0]); m.ID != c.IDs[i-1] {
				return fmt.Errorf("%s: its slots belong to %q", n.Addr(), m.ID)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if err := n.Client().Do(ctx, "cluster", "failover", "takeover").Err(); err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	return nil
}

// NewIDs returns the ids of the n nodes, or sentinels, of a new fleet, in
// order. No other fleet has them: a server that listens where one of another
// fleet used to must not be taken for it.
func NewIDs(n int) []string {
	var own [15]byte
	_, _ = rand.Read(own[:]) // never fails
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("00%x%08x", own, i)
	}
	return ids
}

// phantom is the id of the master that shard's nodes take over from.
func (c *Cluster[N]) phantom(shard int) string { return fmt.Sprintf("f%s%08x", c.IDs[0][1:32], shard) }

// Shard is which master's slots node i serves or copies.
func (c *Cluster[N]) Shard(i int) int {
	if i < c.Masters {
		return i
	}
	return (i - c.Masters) / c.Replicas
}

// NodesConf is the nodes.conf of node i at its start.
func (c *Cluster[N]) NodesConf(i int) string {
	var b strings.Builder
	for shard, span := range Shares(c.Masters) {
		fmt.Fprintf(&b, "%s 127.0.0.1:1@%d master - 0 0 %d connected %d-%d\n", c.phantom(shard), 1+BusOffset, shard+1, span[0], span[1])
	}
	for j, n := range c.Nodes {
		flags := "slave"
		if i == j {
			flags = "myself,slave"
		}
		// Epoch 0: a node whose epoch is the highest it knows takes over
		// without a new one, and the others do not believe it.
		fmt.Fprintf(&b, "%s 127.0.0.1:%d@%d %s %s 0 0 0 connected\n", c.IDs[j], port(n), port(n)+BusOffset, flags, c.phantom(c.Shard(j)))
	}
	fmt.Fprintf(&b, "vars currentEpoch %d lastVoteEpoch 0\n", c.Masters)
	return b.String()
}

// expectMesh fails unless every node has heard from every other, so that what
// one of them broadcasts reaches all: gossip would take seconds to make up
// for it.
func (c *Cluster[N]) expectMesh(ctx context.Context) error {
	return Together(c.Nodes, func(n N) error {
		all, err := View(ctx, n.Client())
		if err != nil {
			return err
		}
		for _, m := range all {
			if slices.Contains(c.IDs, m.ID) && !m.Self && !m.Heard {
				return fmt.Errorf("%s has not heard from %s", n.Addr(), m.Addr)
			}
		}
		return nil
	})
}

// expectOwners fails unless every node sees each master own its share, and
// the replicas of each follow it.
func (c *Cluster[N]) expectOwners(ctx context.Context) error {
	return Together(c.Nodes, func(n N) error {
		all, err := View(ctx, n.Client())
		if err != nil {
			return err
		}
		for shard, span := range Shares(c.Masters) {
			if m, _ := Owner(all, span[0]); m.ID != c.IDs[shard] {
				return fmt.Errorf("%s: slot %d belongs to %q", n.Addr(), span[0], m.ID)
			}
		}
		for _, m := range all {
			if i := slices.Index(c.IDs, m.ID); i >= c.Masters && m.Of != c.IDs[c.Shard(i)] {
				return fmt.Errorf("%s: %s is a replica of %q", n.Addr(), m.Addr, m.Of)
			}
		}
		return nil
	})
}

// forget makes n forget the masters that never were.
func (c *Cluster[N]) forget(ctx context.Context, n N) error {
	for shard := range c.Masters {
		if err := n.Client().ClusterForget(ctx, c.phantom(shard)).Err(); err != nil {
			return fmt.Errorf("forget a node: %w", err)
		}
	}
	return nil
}

// ExpectWhole fails unless the nodes that run are in order: they serve, know
// and reach each other, agree, and each replica has its master's data.
func (c *Cluster[N]) ExpectWhole(ctx context.Context) error {
	if err := c.ExpectAgreement(ctx); err != nil {
		return err
	}
	return Together(c.Running(), func(n N) error {
		all, err := View(ctx, n.Client())
		if err != nil {
			return err
		}
		for _, m := range all {
			i := slices.Index(c.IDs, m.ID)
			switch {
			case i < 0:
				return fmt.Errorf("%s knows a stranger %s", n.Addr(), m.Addr)
			case c.Nodes[i].Up() && !m.Self && (m.Failed || !m.Linked):
				return fmt.Errorf("%s has no link to %s", n.Addr(), m.Addr)
			case m.Self && !m.Master:
				if err := ExpectSynced(ctx, n); err != nil {
					return err
				}
			}
		}
		return ExpectServing(ctx, n)
	})
}

// ExpectServing fails unless every node that runs says that the cluster is up.
func (c *Cluster[N]) ExpectServing(ctx context.Context) error {
	return Together(c.Running(), func(n N) error { return ExpectServing(ctx, n) })
}

// ExpectServing fails unless n says that the cluster is up. A master that
// comes back does not say so for two seconds.
func ExpectServing[N Node](ctx context.Context, n N) error {
	info, err := n.Client().ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "cluster_state:ok") {
		return fmt.Errorf("%s: the cluster is down", n.Addr())
	}
	return nil
}

// ExpectSynced fails unless replica n follows its master.
func ExpectSynced[N Node](ctx context.Context, n N) error {
	info, err := n.Client().Info(ctx, "replication").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "master_link_status:up") {
		return fmt.Errorf("replica %s has not caught up", n.Addr())
	}
	return nil
}

// Running returns the nodes that are meant to run.
func (c *Cluster[N]) Running() (up []N) {
	for _, n := range c.Nodes {
		if n.Up() {
			up = append(up, n)
		}
	}
	return up
}

// ExpectMaster fails unless n says that it is a master.
func ExpectMaster[N Node](ctx context.Context, n N) error {
	info, err := n.Client().Info(ctx, "replication").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "role:master") {
		return fmt.Errorf("%s is no master", n.Addr())
	}
	return nil
}
