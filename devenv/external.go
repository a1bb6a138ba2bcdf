package devenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// An externalEngine uses the servers that the application's URLs name. They
// are somebody else's: it starts, stops and deletes nothing.
type externalEngine struct{ e *Env }

// instances are the servers of a backend.
func (e *Env) instances(b Backend) []Instance {
	if b == BackendExternal {
		return e.externalInstances()
	}
	return e.set.Instances()
}

// externalInstances lists each server once, by the first use that names it.
func (e *Env) externalInstances() []Instance {
	type use struct {
		name string
		url  URL
	}
	uses := []use{{"cache", e.set.RedisURL}, {"broker", e.set.Celery.BrokerURL}}
	for _, a := range e.set.Aliases {
		uses = append(uses, use{"cache " + a.Name, a.URL})
	}
	uses = append(uses, use{"results", e.set.Celery.ResultBackend}, use{"channels", e.set.Channels.URL})
	var list []Instance
	for _, use := range uses {
		known := slices.ContainsFunc(list, func(i Instance) bool { return slices.Equal(i.URL.Addrs(), use.url.Addrs()) })
		if use.url.IsZero() || known {
			continue
		}
		i := Instance{Name: use.name, URL: use.url}
		if addrs := use.url.Addrs(); len(addrs) == 1 {
			if host, port, err := net.SplitHostPort(addrs[0]); err == nil {
				i.Host = host
				i.Port, _ = strconv.Atoi(port) // ParseURL has checked it
			}
		}
		list = append(list, i)
	}
	return list
}

// where is the address for a reader; that of an external server need not be
// one host and port.
func (i Instance) where() string {
	if i.Host == "" {
		return strings.Join(i.URL.Addrs(), ",")
	}
	return i.Addr()
}

// probe asks only when nobody has named this engine: then the servers must
// answer now. When it is named, up waits for them.
func (x externalEngine) probe(ctx context.Context) (string, error) {
	if x.e.set.Backend != BackendAuto {
		return "the servers of the URLs", nil
	}
	found, err := x.find(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range found {
		if !s.running() {
			return "", fmt.Errorf("the %s at %s does not answer", s.Name, s.Addr)
		}
	}
	return "the servers of the URLs", nil
}

// find asks each server of the URLs; what refuses a password runs, too.
func (x externalEngine) find(ctx context.Context) ([]server, error) {
	var found []server
	for _, i := range x.e.externalInstances() {
		s := server{Name: i.Name, Addr: i.where(), Status: "not answering"}
		a := x.await(i, s)
		client, err := a.open()
		if err != nil {
			return nil, err
		}
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, _, err = x.e.askOnce(limited, client, a)
		cancel()
		client.Close()
		if err == nil || x.e.classify(i, err) != nil {
			s.Status = statusRunning
		}
		found = append(found, s)
	}
	return found, nil
}

func (x externalEngine) start(_ context.Context, instances []Instance) ([]server, func(context.Context) error, error) {
	var named []server
	for _, i := range instances {
		named = append(named, server{Name: i.Name, Status: statusRunning})
	}
	return named, func(context.Context) error { return nil }, nil
}

func (x externalEngine) await(i Instance, s server) awaited {
	return awaited{
		instance: i, server: s, knock: i.Host != "",
		open: func() (redis.UniversalClient, error) { return x.e.set.Open(i.URL) },
		died: func(ctx context.Context) error { return x.e.unanswered(ctx, i) },
		look: 250 * time.Millisecond,
		ours: func(context.Context, info) error { return nil },
	}
}

func (x externalEngine) stop(context.Context, time.Duration) error { return nil }

func (x externalEngine) pause(context.Context, []string) error { return failNotOurs("stopped") }

func (x externalEngine) discard(context.Context, []string) error { return nil }

var errNoLogs = errors.New("external servers keep their logs where they run")

func (x externalEngine) logs(context.Context, LogOptions, io.Writer) error {
	return &Failure{
		Code: "unsupported", Exit: ExitUnsupported, Message: errNoLogs.Error(),
		Fixes: []string{"read them on the server's own machine"}, Err: errNoLogs,
	}
}

// configure sets on external servers what the other backends are started with.
func (e *Env) configure(ctx context.Context) error {
	queues := e.set.Celery.BrokerURL
	for _, i := range e.externalInstances() {
		var memory Size
		var policy string
		switch {
		case !queues.IsZero() && slices.Equal(i.URL.Addrs(), queues.Addrs()): // whatever else it serves, an eviction would take queues
			memory, policy = e.set.BrokerMaxMemory, "noeviction"
		case i.Name == "cache":
			memory, policy = e.set.CacheMaxMemory, e.set.CachePolicy
		default:
			continue
		}
		if err := e.mayChange(i); err != nil {
			return err
		}
		client, err := e.set.Open(i.URL)
		if err != nil {
			return err
		}
		err = client.ConfigSet(ctx, "maxmemory", strconv.FormatInt(int64(memory), 10)).Err()
		if err == nil {
			err = client.ConfigSet(ctx, "maxmemory-policy", policy).Err()
		}
		client.Close()
		if err != nil {
			return e.explained(i, fmt.Errorf("set maxmemory and its policy on the %s: %w", i.Name, err))
		}
		e.ok("%-6s set maxmemory %s, %s", i.Name, memory, policy)
	}
	return nil
}

// mayChange refuses to change a server on another machine unless told to.
func (e *Env) mayChange(i Instance) error {
	if i.URL.Loopback() || e.set.AllowRemote {
		return nil
	}
	return &Failure{
		Code: "remote", Exit: ExitRefused,
		Message: fmt.Sprintf("the %s at %s is not on this machine, and this would change it", i.Name, i.where()),
		Fixes:   []string{"if it may be changed: REDKIT_ALLOW_REMOTE=on"},
	}
}
