package redistest

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// sentinelMaster is the name that the sentinels give to the master.
const sentinelMaster = "mymaster"

// A SentinelServer is a master with replicas of a test's own, watched by three
// sentinels: server processes on loopback ports. It is made by Sentinel, safe
// for concurrent use, and ends with its test, or with the process, even by
// SIGKILL.
type SentinelServer struct {
	*topology
	watched *watched
	client  func() *redis.Client
}

// Sentinel gives tb a master with this many replicas, which have its data, and
// three sentinels that know each other. The sentinels act when they are told
// to, by Failover and KillMaster, and otherwise only if a server is silent for
// half a minute. It runs on the server binary that Native finds and takes all
// options but other engines: Conf, Auth and User hold on master and replicas,
// which have the data of a Seed, TLS on the sentinels too. Failures are
// reported as Start does.
func Sentinel(tb TB, replicas int, opts ...Option) *SentinelServer {
	tb.Helper()
	if replicas < 1 {
		tb.Fatalf("redistest: Sentinel(%d replicas): want at least one, or nobody could take over", replicas)
	}
	s := &SentinelServer{}
	s.topology = startTopology(tb, "a master with sentinels", opts, func(ctx context.Context, binary string, set *settings) ([]*node, error) {
		made, err := bootWatched(ctx, binary, replicas, set)
		if err != nil {
			return nil, err
		}
		s.watched = made
		return slices.Concat(made.Servers, made.Sentinels), nil
	})
	s.masters = func(ctx context.Context) ([]*node, error) {
		n, err := s.watched.Master(ctx)
		return []*node{n}, err
	}
	s.client = sync.OnceValue(func() *redis.Client {
		client := redis.NewFailoverClient(s.Options())
		s.closes(client)
		return client
	})
	s.seed = s.apply
	s.furnish()
	return s
}

// apply puts data into the master.
func (s *SentinelServer) apply(ctx context.Context, data Data) error {
	n := s.watched.Servers[0]
	client := redis.NewClient(n.end.options(s.bare))
	defer client.Close()
	if err := data.Apply(ctx, client); err != nil {
		return err
	}
	for _, replica := range s.watched.Servers[1:] {
		if err := copied(ctx, n, replica); err != nil {
			return err
		}
	}
	return nil
}

// Client returns the test's client of the master, whichever server that is; a
// redis.UniversalClient, the same one at each call. It is closed when the test
// ends.
func (s *SentinelServer) Client() *redis.Client { return s.client() }

// Options returns new options for a go-redis failover client, free to be
// changed. Their Dialer is what Faults and Trace work through; it knows
// servers by their ports, so that no name is looked up.
func (s *SentinelServer) Options() *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName:            sentinelMaster,
		SentinelAddrs:         s.Addrs(),
		Username:              s.set.conf.Username,
		Password:              s.set.conf.Password,
		Protocol:              s.set.protocol,
		TLSConfig:             s.nodes[0].end.TLS.Clone(), // for who replaces the Dialer, which makes the handshake itself
		Dialer:                s.dial,
		DisableIdentity:       true,
		PipelinePoolSize:      -1,
		DialerRetries:         1,
		ContextTimeoutEnabled: true,
	}
}

// OptionsAs returns options like those of Options for a client that logs in
// as an ACL user of the test, as Server.OptionsAs does.
func (s *SentinelServer) OptionsAs(name string) *redis.FailoverOptions {
	opts := s.Options()
	opts.Username, opts.Password = s.set.user(s.tb, name)
	return opts
}

// Certificates returns what clients of servers with TLS need that do not take
// Options; nil without TLS.
func (s *SentinelServer) Certificates() *Certificates { return s.set.conf.Certificates }

// Addrs returns the host:port of each sentinel, for clients that dial
// themselves; the master's name is MasterName.
func (s *SentinelServer) Addrs() []string {
	var out []string
	for _, n := range s.watched.Sentinels {
		out = append(out, n.end.Addr)
	}
	return out
}

// MasterName is the name by which sentinels are asked for the master.
func (s *SentinelServer) MasterName() string { return sentinelMaster }

// Master returns the host:port of the master, as the sentinels say.
func (s *SentinelServer) Master(ctx context.Context) (string, error) {
	n, err := s.watched.Master(ctx)
	if err != nil {
		return "", err
	}
	return n.end.Addr, nil
}

// Failover has the sentinels make a replica the master, and returns when all
// of them say so and the others follow it.
func (s *SentinelServer) Failover(ctx context.Context) error {
	return s.watched.replaceMaster(ctx, nil)
}

// KillMaster ends the master with SIGKILL, has the sentinels make a replica
// the master without waiting until they notice, and returns when all of them
// say so. Writes that had not reached the replica are lost.
func (s *SentinelServer) KillMaster(ctx context.Context) error {
	return s.watched.replaceMaster(ctx, func(master *node) error { return master.Kill(ctx) })
}

// Restart starts the servers that were killed again, as replicas of the
// master, and returns when they have its data.
func (s *SentinelServer) Restart(ctx context.Context) error { return s.watched.restart(ctx) }

// Faults breaks the way between the test's clients and all servers, the
// sentinels included.
func (s *SentinelServer) Faults() *Faults { return s.faults() }

// Trace calls fn and returns what it asked of the servers. Questions to the
// sentinels do not count as round trips.
func (s *SentinelServer) Trace(fn func()) Trace { return traced(&s.watch.tap, fn) }

var _ Tracer = (*SentinelServer)(nil)
