package redistest

// White box: the ordinary way is built from the same parts as ours, so that
// nothing else differs.

import (
	"context"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// BenchmarkCluster measures how long a cluster of three masters takes until
// all slots serve writes: our way, and the way of the manual. Each operation
// ends with a write to 50 keys.
func BenchmarkCluster(b *testing.B) {
	binary, err := nativeEngine{}.find()
	if err != nil {
		b.Skip(err)
	}
	ways := map[string]func(context.Context) (*cluster, error){
		"way=redistest": func(ctx context.Context) (*cluster, error) { return bootCluster(ctx, binary, 3, 0, &settings{}) },
		"way=addslots":  func(ctx context.Context) (*cluster, error) { return ordinaryCluster(ctx, binary, 3) },
	}
	for name, boot := range ways {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := boot(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				writeEverywhere(b, c)
				b.StopTimer()
				if err := together(c.Nodes, func(n *node) error { return n.stop(b.Context()) }); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

func writeEverywhere(b *testing.B, c *cluster) {
	b.Helper()
	var addrs []string
	for _, n := range c.Nodes {
		addrs = append(addrs, n.end.Addr)
	}
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs})
	defer client.Close()
	for i := range 50 {
		if err := client.Set(b.Context(), fmt.Sprint("key:", i), i, 0).Err(); err != nil {
			b.Fatal(err)
		}
	}
}

// ordinaryCluster forms a cluster by ADDSLOTS and MEET.
func ordinaryCluster(ctx context.Context, binary string, masters int) (*cluster, error) {
	c := &cluster{fleet.Cluster[*node]{Masters: masters}}
	ports, err := claimPorts(masters)
	if err != nil {
		return nil, err
	}
	for _, port := range ports {
		n, err := newNode(binary, port, Config{}, "cluster-enabled yes", `save ""`, "appendonly yes", "appendfsync no", "hz 100")
		if err != nil {
			return nil, err
		}
		c.Nodes = append(c.Nodes, n)
	}
	if err := together(c.Nodes, func(n *node) error { return n.Restart(ctx) }); err != nil {
		return nil, err
	}
	for i, span := range fleet.Shares(masters) {
		if err := c.Nodes[i].Client().ClusterAddSlotsRange(ctx, span[0], span[1]).Err(); err != nil {
			return nil, err
		}
		if err := c.Nodes[i].Client().Do(ctx, "cluster", "set-config-epoch", i+1).Err(); err != nil {
			return nil, err
		}
		if i > 0 {
			if err := c.Nodes[i].Client().ClusterMeet(ctx, "127.0.0.1", c.Nodes[0].port.String()).Err(); err != nil {
				return nil, err
			}
		}
	}
	return c, eventually(ctx, "the cluster forms", func() error {
		return together(c.Nodes, func(n *node) error {
			all, err := fleet.View(ctx, n.Client())
			if err != nil {
				return err
			}
			if len(all) != masters {
				return fmt.Errorf("%s knows %d nodes", n.end.Addr, len(all))
			}
			return fleet.ExpectServing(ctx, n)
		})
	})
}
