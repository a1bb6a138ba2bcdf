package fleet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// prompt is how long news take that a node broadcasts.
const prompt = 30 * time.Millisecond

// Follow makes n a replica of the node master as soon as n knows it for one.
func Follow[N Node](ctx context.Context, n N, master string) error {
	return Eventually(ctx, "follow a new master", func() error {
		return n.Client().ClusterReplicate(ctx, master).Err()
	})
}

// Agree waits until want is satisfied, a change in the view of every node. A
// Valkey broadcasts whom a replica follows; Redis leaves that to gossip,
// which takes seconds. There a MEET carries it at once: a node that knows the
// sender already takes nothing else from it.
func (c *Cluster[N]) Agree(ctx context.Context, want func(context.Context) error) error {
	soon, cancel := context.WithTimeout(ctx, prompt)
	defer cancel()
	if Eventually(soon, "", func() error { return want(ctx) }) == nil {
		return nil
	}
	if err := c.Introduce(ctx); err != nil {
		return err
	}
	return Eventually(ctx, "the nodes agree", func() error { return want(ctx) })
}

// Introduce makes each running node tell every other of itself.
func (c *Cluster[N]) Introduce(ctx context.Context) error {
	up := c.Running()
	return Together(up, func(n N) error {
		for _, other := range up {
			if other == n {
				continue
			}
			if err := n.Client().ClusterMeet(ctx, "127.0.0.1", strconv.Itoa(port(other))).Err(); err != nil {
				return fmt.Errorf("introduce the nodes: %w", err)
			}
		}
		return nil
	})
}

// ExpectAgreement fails unless all nodes that run say the same of each other.
func (c *Cluster[N]) ExpectAgreement(ctx context.Context) error {
	up := c.Running()
	said := make([]string, len(up))
	if err := Together(up, func(n N) error {
		all, err := View(ctx, n.Client())
		if err != nil {
			return err
		}
		said[slices.Index(up, n)] = c.summary(all)
		return nil
	}); err != nil {
		return err
	}
	for i := range said {
		if said[i] != said[0] {
			return fmt.Errorf("%s says\n%s\nand %s says\n%s", up[0].Addr(), said[0], up[i].Addr(), said[i])
		}
	}
	return nil
}

// summary writes what a view says of the nodes that run.
func (c *Cluster[N]) summary(all []Member) string {
	var lines []string
	for _, m := range all {
		if i := slices.Index(c.IDs, m.ID); i >= 0 && c.Nodes[i].Up() {
			lines = append(lines, fmt.Sprint(m.Addr, " of ", m.Of, " slots ", m.Slots))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
