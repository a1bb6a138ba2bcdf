package redistest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/hashslot"
)

// A ClusterServer is a Redis Cluster of a test's own, of server processes on
// loopback ports. Its nodes are grouped in shards, numbered from 0: a master
// with its replicas, which go by that number also when they change roles.
//
// It is made by Cluster, safe for concurrent use, and ends with its test, or
// with the process, even by SIGKILL.
type ClusterServer struct {
	*topology
	cluster *cluster
	client  func() *redis.ClusterClient

	moving sync.Mutex
	moved  map[int]int // slots that changed their shard
}

// Cluster gives tb a cluster of masters with this many replicas each, which
// serves all slots: 3 masters in about 150 ms, where ADDSLOTS and MEET take 2
// seconds; with a replica each, 0.4 s (1.1 s on Redis 6.0). It runs on the
// server binary that Native finds and takes all options but other engines: a
// Seed is applied to it, Auth and User hold on every node, guards watch over
// all of them. Failures are reported as Start does.
//
// A cluster has database 0 only and its nodes keep their data in memory, but
// for masters without replicas: those find theirs again after a Restart.
func Cluster(tb TB, masters, replicas int, opts ...Option) *ClusterServer {
	tb.Helper()
	if masters < 1 || replicas < 0 {
		tb.Fatalf("redistest: Cluster(%d masters, %d replicas each): want at least one master and no fewer than zero replicas", masters, replicas)
	}
	c := &ClusterServer{moved: map[int]int{}}
	c.topology = startTopology(tb, "a cluster", opts, func(ctx context.Context, binary string, set *settings) ([]*node, error) {
		made, err := bootCluster(ctx, binary, masters, replicas, set)
		if err != nil {
			return nil, err
		}
		c.cluster = made
		return made.Nodes, nil
	})
	c.masters, c.seed = c.cluster.serving, c.apply
	c.client = sync.OnceValue(func() *redis.ClusterClient {
		client := redis.NewClusterClient(c.Options())
		c.closes(client)
		return client
	})
	c.furnish()
	return c
}

// apply puts data into the cluster.
func (c *ClusterServer) apply(ctx context.Context, data Data) error {
	opts := c.Options()
	opts.Dialer = c.bare
	client := redis.NewClusterClient(opts)
	defer client.Close()
	if err := data.Apply(ctx, client); err != nil {
		return err
	}
	for i, n := range c.nodes[c.cluster.Masters:] {
		if err := copied(ctx, c.nodes[c.cluster.Shard(c.cluster.Masters+i)], n); err != nil {
			return err
		}
	}
	return nil
}

// Client returns the test's client, a redis.UniversalClient, the same one at
// each call. It is closed when the test ends.
func (c *ClusterServer) Client() *redis.ClusterClient { return c.client() }

// Options returns new options for a go-redis cluster client, free to be
// changed. Their Dialer is what Faults and Trace work through; it knows nodes
// by their ports, so that no name is looked up. As masters are replaced at
// once here, the client looks five times a second who they are, where
// go-redis does so once a minute unless a node says MOVED.
func (c *ClusterServer) Options() *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:                      c.Addrs(),
		Username:                   c.set.conf.Username,
		Password:                   c.set.conf.Password,
		Protocol:                   c.set.protocol,
		TLSConfig:                  c.nodes[0].end.TLS.Clone(), // for who replaces the Dialer, which makes the handshake itself
		Dialer:                     c.dial,
		DisableIdentity:            true,
		PipelinePoolSize:           -1,
		DialerRetries:              1,
		ContextTimeoutEnabled:      true,
		ClusterStateReloadInterval: 200 * time.Millisecond,
		MaintNotificationsConfig:   &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// OptionsAs returns options like those of Options for a client that logs in
// as an ACL user of the test, as Server.OptionsAs does.
func (c *ClusterServer) OptionsAs(name string) *redis.ClusterOptions {
	opts := c.Options()
	opts.Username, opts.Password = c.set.user(c.tb, name)
	return opts
}

// Certificates returns what clients of a cluster with TLS need that do not
// take Options; nil without TLS.
func (c *ClusterServer) Certificates() *Certificates { return c.set.conf.Certificates }

// reload makes the test's client learn who is master, if there is a client.
func (c *ClusterServer) reload(ctx context.Context) error {
	for _, client := range c.made() {
		if err := client.(*redis.ClusterClient).ForEachMaster(ctx, func(context.Context, *redis.Client) error { return nil }); err != nil {
			return fmt.Errorf("reload the client's view: %w", err)
		}
	}
	return nil
}

// Addrs returns the host:port of every node, the masters of the beginning
// first. A client that dials them itself sees neither faults nor traces.
func (c *ClusterServer) Addrs() []string {
	out := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		out[i] = n.end.Addr
	}
	return out
}

// Faults breaks the way between the test's clients and all nodes.
func (c *ClusterServer) Faults() *Faults { return c.faults() }

// Trace calls fn and returns what it asked of the nodes.
func (c *ClusterServer) Trace(fn func()) Trace { return traced(&c.watch.tap, fn) }

// Slot returns the hash slot of key, 0 to 16383.
func Slot(key string) int { return hashslot.Of(key) }

// Shard returns the number of the shard that serves key.
func (c *ClusterServer) Shard(key string) int { return c.shardOf(Slot(key)) }

func (c *ClusterServer) shardOf(slot int) int {
	c.moving.Lock()
	defer c.moving.Unlock()
	if shard, found := c.moved[slot]; found {
		return shard
	}
	for shard, span := range fleet.Shares(c.cluster.Masters) {
		if slot <= span[1] {
			return shard
		}
	}
	return -1
}

var _ Tracer = (*ClusterServer)(nil)
