package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// pingWindow is over how many PINGs a server's latency is told.
const pingWindow = 100

// A Watch asks the servers of an environment the same questions again and
// again, on connections that stay open. It is used by one goroutine at a time.
type Watch struct {
	// Backend is what runs the servers.
	Backend Backend

	watched []*watchedServer
}

type watchedServer struct {
	WatchedServer
	client redis.UniversalClient
	timed  bool
	took   time.Duration   // the last PING
	pings  []time.Duration // the last pingWindow, oldest first
}

// A Sample is what one server told at one moment.
type Sample struct {
	Service string
	Addr    string
	At      time.Time
	// Info holds the fields of INFO all; nil when the server did not answer.
	Info map[string]string
	// Pings are how long the last PINGs of this Watch took, oldest first.
	Pings []time.Duration
	// Err is why Info is nil.
	Err error

	queues bool   // Celery's messages are on this server
	group  string // of its Instance
}

// Watch connects to the servers of the environment, which must run; the
// caller closes it. Errors are *Failure.
func (e *Env) Watch(ctx context.Context) (*Watch, error) {
	st := readState(e.set.Dir)
	backend := e.backendOf(st)
	if st == nil && backend != BackendExternal {
		return nil, e.failNotRunning("the environment is not running")
	}
	eng := e.engine(backend)
	found, err := eng.find(ctx)
	if err != nil {
		return nil, err
	}
	instances := e.instances(backend)
	services, final := e.look(ctx, eng, instances, found)
	if final != nil {
		return nil, final
	}
	if !slices.ContainsFunc(services, func(s Service) bool { return s.Ready }) {
		return nil, e.failNotRunning("none of the servers answers")
	}
	var servers []WatchedServer
	for _, i := range instances {
		servers = append(servers, WatchedServer{
			Instance: i, URL: i.URL.String(), Queues: e.holdsQueues(backend, i),
			Open: func(db int) (redis.UniversalClient, error) { return e.openDB(backend, i, db) },
		})
	}
	return WatchServers(backend, servers...)
}

// Close closes the connections.
func (w *Watch) Close() error {
	var errs []error
	for _, s := range w.watched {
		errs = append(errs, s.client.Close())
	}
	return errors.Join(errs...)
}

// Sample asks every server at once, each for at most 2 s: so many PINGs, one
// after the other, and INFO. The samples stand in the order of the servers;
// one that does not answer has its error.
func (w *Watch) Sample(ctx context.Context, pings int) []Sample {
	samples := make([]Sample, len(w.watched))
	var group errgroup.Group // waited for below; each ends by its time limit
	for n, s := range w.watched {
		group.Go(func() error {
			samples[n] = s.sample(ctx, pings)
			samples[n].queues, samples[n].group = s.Queues, s.Instance.Group
			return nil
		})
	}
	_ = group.Wait() // the functions return no error
	return samples
}

func (s *watchedServer) sample(ctx context.Context, pings int) Sample {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	sample := Sample{Service: s.Instance.Name, Addr: s.Instance.where()}
	if !s.timed {
		s.client.AddHook(stopwatch{&s.took})
		s.timed = true
	}
	for range pings {
		if sample.Err = s.client.Ping(ctx).Err(); sample.Err != nil {
			break
		}
		s.pings = append(s.pings, s.took)
	}
	s.pings = s.pings[max(0, len(s.pings)-pingWindow):]
	sample.Pings = slices.Clone(s.pings)
	if sample.Err == nil {
		var text string
		if text, sample.Err = s.client.Info(ctx, "all").Result(); sample.Err == nil {
			sample.Info = parseInfo(text)
		}
	}
	sample.At = time.Now()
	if sample.Err != nil {
		sample.Err = fmt.Errorf("ask the %s: %w", s.Instance.Name, sample.Err)
	}
	return sample
}

// info reads the fields as the rest of the package does.
func (s Sample) info() info { return s.Info }

// Role is master, replica or sentinel.
func (s Sample) Role() string { return s.info().role() }

// Version is the server's, with the name of its product when that is not Redis.
func (s Sample) Version() string { return s.info().version() }

// Up reports whether the server answered.
func (s Sample) Up() bool { return s.Info != nil }

// Latency is the time that so many percent of the last PINGs stayed within,
// by the nearest rank; 0 when none was sent.
func (s Sample) Latency(percent int) time.Duration {
	if len(s.Pings) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.Pings))
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// holdsQueues reports whether Celery's messages are on a server.
func (e *Env) holdsQueues(b Backend, i Instance) bool {
	if b == BackendExternal {
		return !e.set.Celery.BrokerURL.IsZero() && e.set.Celery.BrokerURL.Addrs()[0] == i.URL.Addrs()[0]
	}
	return i.Policy == "noeviction"
}
