package devenv

import (
	"context"
	"slices"
)

// RestartOptions select what Restart takes. The zero value is every server.
type RestartOptions struct {
	Service string // one server by name; empty means all. A container restarts as a whole
}

// Restart stops servers and starts them again with the settings they had and
// the data they keep, and returns when all are ready. Settings that changed
// are refused, as by Up. External servers are somebody else's to restart
// (ExitUnsupported). Errors are *Failure.
func (e *Env) Restart(ctx context.Context, o RestartOptions) (*Report, error) {
	r := e.begin("restart")
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return r.end(err)
	}
	defer unlock()
	return r.end(e.restart(ctx, o, r))
}

func (e *Env) restart(ctx context.Context, o RestartOptions, r *Report) error {
	c, _, err := e.current(ctx, UpOptions{})
	if err != nil {
		return err
	}
	if c.engine == nil {
		if e.set.Backend == BackendExternal {
			return failNotOurs("restarted")
		}
		return e.failNotRunning("the environment is not running")
	}
	if c.backend == BackendExternal {
		return failNotOurs("restarted")
	}
	names := instanceNames(e.instances(c.backend))
	if o.Service != "" {
		if !slices.Contains(names, o.Service) {
			return failNoService(o.Service, names)
		}
		names = []string{o.Service}
	}
	if err := c.engine.pause(ctx, names); err != nil {
		return err
	}
	r.Backend, r.Reason = c.backend, c.reason()
	found, err := c.engine.find(ctx)
	if err != nil {
		return err
	}
	return e.complete(ctx, c, found, r)
}

// failNotOurs refuses what is up to the owner of external servers.
func failNotOurs(done string) *Failure {
	return &Failure{
		Code: "unsupported", Exit: ExitUnsupported, Message: "external servers are not " + done + " from here: they are somebody else's",
		Fixes: []string{"do it where they run", "run your own: REDKIT_BACKEND=compose, native or embedded"},
	}
}
