package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// A cluster is the processes of one cluster.
type cluster struct{ fleet.Cluster[*node] }

// bootCluster starts a cluster that serves all slots, again on other ports
// when one was taken in between.
func bootCluster(ctx context.Context, binary string, masters, replicas int, set *settings) (*cluster, error) {
	for try := 1; ; try++ {
		c := &cluster{fleet.Cluster[*node]{Masters: masters, Replicas: replicas}}
		err := c.boot(ctx, binary, set)
		if err == nil {
			return c, nil
		}
		if stopErr := c.stop(ctx); stopErr != nil {
			return nil, errors.Join(err, stopErr)
		}
		if try == portTries || !portTaken(err) {
			return nil, fmt.Errorf("boot a cluster: %w", err)
		}
	}
}

func (c *cluster) boot(ctx context.Context, binary string, set *settings) error {
	if err := c.prepare(binary, set); err != nil {
		return err
	}
	if err := together(c.Nodes, func(n *node) error { return n.Restart(ctx) }); err != nil {
		return err
	}
	return c.Form(ctx)
}

// prepare makes the nodes and writes their nodes.conf.
func (c *cluster) prepare(binary string, set *settings) error {
	total := c.Masters * (1 + c.Replicas)
	ports, err := claimPorts(total)
	if err != nil {
		return err
	}
	lines := []string{
		"cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 15000",
		"cluster-migration-barrier 1000", // a replica stays with its master
		`save ""`, "hz 100", "repl-diskless-sync no", "repl-ping-replica-period 1",
		"appendfsync no", "appendonly " + yes(c.Replicas == 0),
	}
	if set.conf.TLS {
		lines = append(lines, "tls-cluster yes")
	}
	c.IDs = fleet.NewIDs(total)
	for _, p := range ports {
		n, err := newNode(binary, p, set.conf, lines...)
		if err != nil {
			letGo(ports)
			return err
		}
		c.Nodes = append(c.Nodes, n)
	}
	for i, n := range c.Nodes {
		if err := os.WriteFile(filepath.Join(n.dir, "nodes.conf"), []byte(c.NodesConf(i)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (c *cluster) stop(ctx context.Context) error {
	return together(c.Nodes, func(n *node) error { return n.stop(ctx) })
}

// id returns the cluster's id of n.
func (c *cluster) id(n *node) string { return c.IDs[slices.Index(c.Nodes, n)] }
