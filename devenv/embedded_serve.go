package devenv

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/redkit-dev/redkit/internal/fake"
)

// Serve runs fake servers for the instances in the foreground until ctx ends
// or the process is asked to end (SIGTERM, SIGINT). The embedded backend's
// daemon is a process that does just this.
func (e *Env) Serve(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	instances := e.set.Instances()
	listeners, err := inherited()
	if err != nil {
		return err
	}
	if listeners == nil {
		if err := e.refuseServing(ctx); err != nil {
			return err
		}
		open, err := e.listenAll(ctx, instances)
		if err != nil {
			return err
		}
		listeners = map[string]net.Listener{}
		for n, i := range instances {
			listeners[i.Name] = open[n]
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, i := range instances {
		l, ok := listeners[i.Name]
		if !ok {
			return fmt.Errorf("serve the %s: no port was handed on for it", i.Name)
		}
		group.Go(func() error { return e.serveFake(ctx, l) }) // ends with ctx
		e.ok("%-6s %s  %s", i.Name, l.Addr(), i.URL)
	}
	return group.Wait()
}

// refuseServing fails while servers of this environment run: their ports would
// be taken from them, as from what an earlier command has left.
func (e *Env) refuseServing(ctx context.Context) error {
	c, _, err := e.current(ctx, UpOptions{Recreate: true})
	if err != nil || c.engine == nil || c.backend == BackendExternal {
		return err
	}
	return &Failure{
		Code: "other_backend", Exit: ExitRefused, Message: fmt.Sprintf("this environment runs on the backend %s, and serve would take its ports", c.backend),
		Fixes: []string{"stop it first: " + e.run("down")},
	}
}

// serveFake serves one fake on l, its clock running, until ctx ends.
func (e *Env) serveFake(ctx context.Context, l net.Listener) error {
	server := fake.New(fake.Config{Password: e.set.Password.Reveal(), Hint: os.Getenv(serveHint)})
	defer server.Close()
	if err := server.Serve(l); err != nil {
		return err
	}
	server.RunClock(ctx)
	return nil
}
