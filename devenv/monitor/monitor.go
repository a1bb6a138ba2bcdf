package monitor

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/redkit-dev/redkit/devenv"
)

// Options say what a Monitor shows. All are needed but Command.
type Options struct {
	Env      *devenv.Env
	Settings *devenv.Settings // those of Env
	// Watch is of the servers of Env. The Monitor is its only user from now
	// on; the caller closes it after Serve has returned.
	Watch *devenv.Watch
	// Command returns what the user types to run a target with flags; nil
	// means "mage TARGET FLAG…".
	Command func(target string, flags ...string) string
}

// A Monitor looks at the servers of an environment and serves a page about
// them. New makes one, Serve runs it.
type Monitor struct {
	o        Options
	servers  []devenv.WatchedServer
	limiters map[string]limiters // by server
	state    *state
	gate     *gate
	parts    *parts

	acting  sync.Mutex // held while an action runs
	actions sync.WaitGroup
	context func() context.Context // of the actions: that of Serve
}

type limiters struct{ figures, rest *limiter }

// New returns a Monitor with a token of its own. It asks the servers nothing.
func New(o Options) (*Monitor, error) {
	m := &Monitor{o: o, servers: o.Watch.Servers(), limiters: map[string]limiters{}, state: newState(), gate: newGate(), context: context.Background}
	if m.o.Command == nil {
		m.o.Command = func(target string, flags ...string) string {
			text := "mage " + target
			for _, f := range flags {
				text += " " + f
			}
			return text
		}
	}
	for _, s := range m.servers {
		m.limiters[s.Instance.Name] = newLimiters()
	}
	var err error
	m.parts, err = newParts(m)
	return m, err
}

// URL is the address of the page served by l, with the token: it is a secret
// until the browser has been there.
func (m *Monitor) URL(l net.Listener) string {
	return "http://" + l.Addr().String() + "/?token=" + m.gate.token
}

// Ticket is an address as URL that works once: for a command line, which other
// users of the machine can see.
func (m *Monitor) Ticket(l net.Listener) string {
	return "http://" + l.Addr().String() + "/?token=" + m.gate.ticket()
}

// ending is how long requests may take to end when Serve does.
const ending = 5 * time.Second

// Serve looks at the servers and answers on l until ctx ends, and returns when
// everything it started has ended. It closes l.
func (m *Monitor) Serve(ctx context.Context, l net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	m.context = func() context.Context { return ctx }
	server := &http.Server{
		Handler: m.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the streams
	}
	group.Go(func() error { return m.look(ctx) })
	group.Go(func() error {
		if err := server.Serve(l); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
		defer cancel()
		if server.Shutdown(limited) != nil {
			return server.Close()
		}
		return nil
	})
	err := group.Wait()
	m.actions.Wait()
	return err
}
