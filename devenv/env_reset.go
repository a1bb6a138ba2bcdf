package devenv

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// ResetOptions select what Reset deletes. The zero value is everything.
type ResetOptions struct {
	Service  string // one server by name; empty means all
	NoBackup bool   // take no backup of the servers that run
}

// Reset deletes the data of the servers: every key of every database when they
// run, after a backup of those that hold any; what they keep on disk when they
// do not. It asks nobody; a server on
// another machine is refused unless Settings.AllowRemote. The services of the
// report tell in Keys how many keys were deleted. Errors are *Failure.
func (e *Env) Reset(ctx context.Context, o ResetOptions) (*Report, error) {
	r := e.begin("reset")
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return r.end(err)
	}
	defer unlock()
	return r.end(e.reset(ctx, o, r))
}

func (e *Env) reset(ctx context.Context, o ResetOptions, r *Report) error {
	st := readState(e.set.Dir)
	backend := e.backendOf(st)
	instances := e.instances(backend)
	if o.Service != "" {
		instances = slices.DeleteFunc(instances, func(i Instance) bool { return i.Name != o.Service })
		if len(instances) == 0 {
			return failNoService(o.Service, instanceNames(e.instances(backend)))
		}
	}
	if backend == BackendExternal {
		for _, i := range instances {
			if err := e.mayChange(i); err != nil {
				return err
			}
		}
	} else if st == nil {
		return e.discardAll(ctx, instances, r)
	}
	r.Backend = backend
	if err := e.backupBeforeReset(ctx, backend, o); err != nil {
		return err
	}
	eng := e.engine(backend)
	found, err := eng.find(ctx)
	if err != nil {
		return err
	}
	for _, i := range instances {
		s := server{Name: i.Name, Status: "stopped"}
		if at := slices.IndexFunc(found, func(s server) bool { return s.Name == i.Name }); at >= 0 {
			s = found[at]
		}
		service, err := e.empty(ctx, eng, i, s)
		if err != nil {
			return err
		}
		r.Services = append(r.Services, service)
	}
	return nil
}

func failNoService(name string, known []string) *Failure {
	return &Failure{
		Code: "no_such_service", Exit: ExitUsage, Message: fmt.Sprintf("there is no server %q", name),
		Fixes: []string{"name one of these: " + strings.Join(known, ", ")},
	}
}

func instanceNames(instances []Instance) []string {
	var names []string
	for _, i := range instances {
		names = append(names, i.Name)
	}
	return names
}

// empty deletes the data of one server.
func (e *Env) empty(ctx context.Context, eng engine, i Instance, s server) (Service, error) {
	if _, external := eng.(externalEngine); external && !s.running() {
		return Service{}, e.failNotRunning(fmt.Sprintf("the %s at %s is %s", i.Name, i.where(), s.Status))
	}
	if !s.running() {
		e.ok("%-6s deleted its kept data", i.Name)
		return stopped(i, "stopped"), eng.discard(ctx, []string{i.Name})
	}
	a := eng.await(i, s)
	client, err := a.open()
	if err != nil {
		return Service{}, err
	}
	defer client.Close()
	f, ping, err := e.askOnce(ctx, client, a)
	if err != nil {
		if final := e.classify(i, err); final != nil {
			return Service{}, final
		}
		return Service{}, fmt.Errorf("ask the %s: %w", i.Name, err)
	}
	if role := f.role(); role != "master" && i.Group != "" {
		if role == "replica" {
			e.note("  %-6s a replica: its master is emptied", i.Name)
		}
		service := e.service(i, f, ping)
		service.Keys = 0
		return service, nil
	}
	if err := client.FlushAll(ctx).Err(); err != nil {
		return Service{}, e.explained(i, fmt.Errorf("empty the %s: %w", i.Name, err))
	}
	service := e.service(i, f, ping)
	e.ok("%-6s deleted %d keys", i.Name, service.Keys)
	return service, nil
}

// discardAll deletes what any backend has kept of servers that do not run.
func (e *Env) discardAll(ctx context.Context, instances []Instance, r *Report) error {
	var names []string
	for _, i := range instances {
		names = append(names, i.Name)
		r.Services = append(r.Services, stopped(i, "stopped"))
	}
	for _, b := range []Backend{BackendNative, BackendCompose} {
		eng := e.engine(b)
		if _, err := eng.find(ctx); err != nil {
			continue // no engine answers, and nothing says that one was used
		}
		if err := eng.discard(ctx, names); err != nil {
			return err
		}
	}
	e.ok("deleted the kept data")
	return nil
}
