package monitor

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/redkit-dev/redkit/devenv"
)

// How often what takes turns is asked again, when there is room in the limiters.
const (
	figuresEvery = time.Second
	queuesEvery  = time.Second
	serverEvery  = 10 * time.Second // slow log, sentinels, cluster
	keysEvery    = 15 * time.Second // caches, channel layer
)

// look asks the servers until ctx ends.
func (m *Monitor) look(ctx context.Context) error {
	m.o.Watch.Hook(func(service string) redis.Hook { return m.limiters[service].figures.in(nil) })
	m.pollFigures(ctx, 0) // what follows depends on the roles of the servers; a PING would take as long as to connect
	group, ctx := errgroup.WithContext(ctx)
	loop := func(after, every time.Duration, ask func(context.Context)) {
		group.Go(func() error { repeat(ctx, after, every, ask); return nil })
	}
	loop(figuresEvery, figuresEvery, func(ctx context.Context) { m.pollFigures(ctx, 1) })
	for _, s := range m.servers {
		l := &serverLook{m: m, server: s}
		defer l.close()
		loop(2*time.Second, serverEvery, l.ask)
	}
	if q := (&queueLook{m: m}); !m.o.Settings.Celery.BrokerURL.IsZero() {
		defer q.close()
		loop(0, queuesEvery, q.ask)
		loop(time.Second, time.Second, m.listen)
	}
	k := &keyLook{m: m, clients: map[place]redis.UniversalClient{}}
	defer k.close()
	loop(3*time.Second, keysEvery, k.ask)
	return group.Wait()
}

// repeat calls ask after a while and then again, so long after it has
// returned, until ctx ends. What the page needs first comes first: connections
// take slots of the limiters, too.
func repeat(ctx context.Context, after, every time.Duration, ask func(context.Context)) {
	timer := time.NewTimer(after)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		ask(ctx)
		timer.Reset(every)
	}
}

// pollFigures takes the figures of all servers, judges them and shows the page what
// is new.
func (m *Monitor) pollFigures(ctx context.Context, pings int) {
	samples := m.o.Watch.Sample(ctx, pings)
	if ctx.Err() != nil {
		return
	}
	m.state.observe(samples)
	alerts, checks := m.o.Env.Judge(m.o.Watch, m.state.observation())
	backups, err := m.o.Env.Backups()
	m.state.set(func() {
		m.state.alerts, m.state.checks, m.state.backups = alerts, checks, tell(backups, err)
	})
	m.state.publish()
}

// A place is a database of a server.
type place struct {
	server string
	db     int
}

// open returns a client whose commands take turns with all others to the
// server.
func (m *Monitor) open(s devenv.WatchedServer, db int) (redis.UniversalClient, error) {
	client, err := s.Open(db)
	if err != nil {
		return nil, err
	}
	client.AddHook(m.limiters[s.Instance.Name].rest.in(client))
	return client, nil
}

// errNobody: no server of the environment serves a URL at the moment.
var errNobody = errors.New("no server of this environment serves it")

// serving is the server of a URL that is one server.
func (m *Monitor) serving(u devenv.URL) (devenv.WatchedServer, error) {
	found := m.o.Watch.Serving(u, m.state.latestSamples())
	if len(found) == 0 {
		return devenv.WatchedServer{}, errNobody
	}
	return found[0], nil
}

// up reports whether a server has answered last.
func (m *Monitor) up(service string) bool {
	for _, s := range m.state.latestSamples() {
		if s.Service == service {
			return s.Up()
		}
	}
	return false
}
