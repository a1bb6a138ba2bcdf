package devenv

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// A WatchedServer is one server of a Watch, for questions that Sample does not
// ask.
type WatchedServer struct {
	Instance Instance
	// URL is how a reader is shown the server: without its password.
	URL string
	// Queues reports that Celery's messages are on it.
	Queues bool
	// Open returns a client for a database of the server. The caller closes
	// it.
	Open func(db int) (redis.UniversalClient, error)
}

// WatchServers returns a Watch of the servers, which need not be an
// environment's; Env.Watch is for those that are. The caller closes it.
func WatchServers(b Backend, servers ...WatchedServer) (*Watch, error) {
	w := &Watch{Backend: b}
	for _, s := range servers {
		client, err := s.Open(s.Instance.URL.DB())
		if err != nil {
			w.Close()
			return nil, err
		}
		w.watched = append(w.watched, &watchedServer{WatchedServer: s, client: client})
	}
	return w, nil
}

// Servers returns the servers in the order of the samples.
func (w *Watch) Servers() []WatchedServer {
	list := make([]WatchedServer, len(w.watched))
	for n, s := range w.watched {
		list[n] = s.WatchedServer
	}
	return list
}

// Hook puts what hook returns for the name of a server around every command
// of Sample to it, those that set up a connection among them. A hook that
// waits does not change the latencies. It must be called before Sample.
func (w *Watch) Hook(hook func(service string) redis.Hook) {
	for _, s := range w.watched {
		s.client.AddHook(hook(s.Instance.Name))
	}
}

// Serving returns those of the servers that serve a URL, by what they said of
// their roles last: the server itself, the master that sentinels watch, the
// masters of a cluster.
func (w *Watch) Serving(u URL, samples []Sample) []WatchedServer {
	var found []WatchedServer
	for n, s := range w.watched {
		switch group := s.Instance.Group; {
		case s.Instance.Watches: // it answers to the address, and serves no data
		case slices.Equal(u.Addrs(), s.Instance.URL.Addrs()), group == "" && s.Instance.Host != "" && u.serves(s.Instance.Host, s.Instance.Port):
			found = append(found, s.WatchedServer)
		case n < len(samples) && samples[n].info().role() == "master" &&
			(u.parts().kind == kindSentinel && group == string(ProfileSentinel) || u.parts().kind == kindCluster && group == string(ProfileCluster)):
			found = append(found, s.WatchedServer)
		}
	}
	return found
}

// ServingName is the name of the first server of Serving, "" when none serves
// the URL.
func (w *Watch) ServingName(u URL, samples []Sample) string {
	if found := w.Serving(u, samples); len(found) > 0 {
		return found[0].Instance.Name
	}
	return ""
}

// openDB opens a client for a database of a server of the environment.
func (e *Env) openDB(b Backend, i Instance, db int) (redis.UniversalClient, error) {
	if b == BackendExternal {
		return i.URL.open(ClientOptions{TLS: e.set.TLS, Sentinel: e.set.Sentinel, bare: true}, db)
	}
	return e.localDB(i, db)
}

// A stopwatch takes the time of PING inside the hooks that were there before.
type stopwatch struct{ took *time.Duration }

func (s stopwatch) DialHook(next redis.DialHook) redis.DialHook { return next }

func (s stopwatch) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		begun := time.Now()
		err := next(ctx, cmd)
		if cmd.Name() == "ping" {
			*s.took = time.Since(begun)
		}
		return err
	}
}

func (s stopwatch) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
