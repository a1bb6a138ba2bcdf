package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// UpOptions change what Up does. The zero value starts what does not run.
type UpOptions struct {
	Recreate bool // stop the servers first, so that changed settings apply; kept data stay
	Clean    bool // the same, and the kept data are deleted; not for external servers
}

// Up starts the servers that do not run yet and returns when every one answers
// PING and is the one that was started. It may be repeated: what runs is left
// alone. What a failed Up created, it takes back. It waits at most
// Settings.Wait each for another command, for an image and for the servers.
// Errors are *Failure.
func (e *Env) Up(ctx context.Context, o UpOptions) (*Report, error) {
	r := e.begin("up")
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return r.end(err)
	}
	defer unlock()
	return r.end(e.up(ctx, o, r))
}

func (e *Env) up(ctx context.Context, o UpOptions, r *Report) error {
	if o.Clean {
		if err := e.clean(ctx); err != nil {
			return err
		}
	}
	c, running, err := e.current(ctx, o)
	if err != nil {
		return err
	}
	if o.Recreate && c.engine != nil {
		if _, err := e.part(ctx, stopGrace); err != nil {
			return err
		}
		if err := c.engine.stop(ctx, stopGrace); err != nil {
			return err
		}
		running = nil
	}
	if c.engine == nil {
		if c, err = e.choose(ctx); err != nil {
			return err
		}
		running = nil // what is left without a record is started again
	}
	r.Backend, r.Reason = c.backend, c.reason()
	if c.backend != BackendExternal {
		if err := e.register(); err != nil {
			e.warn("other directories' ps and down -all will not find this environment: %v", err)
		}
	}
	return e.complete(ctx, c, running, r)
}

// clean makes place for servers without data.
func (e *Env) clean(ctx context.Context) error {
	if e.backendOf(readState(e.set.Dir)) == BackendExternal {
		return &Failure{
			Code: "unsupported", Exit: ExitUnsupported, Message: "external servers are not up's to empty",
			Fixes: []string{"delete their keys, after a backup where that can be made: " + e.run("reset")},
		}
	}
	return e.down(ctx, DownOptions{Volumes: true, Grace: stopGrace}, e.begin("down"))
}

// complete starts what is missing and waits until all is ready.
func (e *Env) complete(ctx context.Context, c chosen, found []server, r *Report) error {
	ctx, cancel := context.WithTimeout(ctx, e.set.Wait)
	defer cancel()
	instances := e.instances(c.backend)
	running := map[string]server{}
	for _, s := range found {
		if s.running() {
			running[s.Name] = s
		}
	}
	var missing []Instance
	for _, i := range instances {
		if _, ok := running[i.Name]; !ok {
			missing = append(missing, i)
		}
	}
	undo := func(context.Context) error { return nil }
	if r.Already = len(missing) == 0; r.Already {
		e.note("already running on %s", r.Reason)
	} else {
		e.note("backend %s", r.Reason)
		if err := e.provideCerts(); err != nil {
			return err
		}
		var started []server
		var err error
		if started, undo, err = c.engine.start(ctx, missing); err != nil {
			return e.takeBack(ctx, undo, err)
		}
		for _, s := range started {
			running[s.Name] = s
		}
	}
	var ready readiness
	if err := e.awaitReady(ctx, ready.collect(e, c.engine, instances, running)); err != nil {
		return e.takeBack(ctx, undo, e.explainTimeout(ctx, c.engine, instances, err))
	}
	if err := e.awaitGroups(ctx, instances); err != nil {
		return e.takeBack(ctx, undo, e.explainTimeout(ctx, c.engine, instances, err))
	}
	r.Services = ready.services(instances)
	if c.backend == BackendExternal && e.set.ExternalConfigure {
		if err := e.configure(ctx); err != nil {
			return err
		}
	}
	before := readState(e.set.Dir)
	if err := e.record(c, ready.servers(instances), before); err != nil {
		return err
	}
	back, err := e.accompany(ctx, c.backend, before == nil)
	if err != nil {
		if before == nil && !e.set.Command.NoRollback {
			err = errors.Join(err, removeState(e.set.Dir))
		}
		return e.takeBack(ctx, func(ctx context.Context) error { return errors.Join(back(ctx), undo(ctx)) }, err)
	}
	r.Companions = e.lookAtCompanions(ctx, c.backend)
	return nil
}

// takeBack undoes a failed start, and returns its error. What is left on
// demand is ended by the next up or down.
func (e *Env) takeBack(ctx context.Context, undo func(context.Context) error, err error) error {
	if e.set.Command.NoRollback {
		e.note("what was started is left for a look at it: %s, then %s", e.run("logs"), e.run("down"))
		return err
	}
	if undone := undo(context.WithoutCancel(ctx)); undone != nil {
		e.warn("could not take back what was started: %v", undone)
	}
	return err
}

// current tells which engine the recorded environment runs on, and what of it
// is alive; the engine is nil when nothing is.
func (e *Env) current(ctx context.Context, o UpOptions) (chosen, []server, error) {
	st := readState(e.set.Dir)
	if st == nil {
		return chosen{}, nil, nil
	}
	eng := e.engine(st.Backend)
	running, err := eng.find(ctx)
	if err != nil || !slices.ContainsFunc(running, server.running) {
		// The servers, or what ran them, are gone: nothing to be true to.
		return chosen{}, nil, nil
	}
	if e.set.Backend != BackendAuto && e.set.Backend != st.Backend {
		return chosen{}, nil, e.failOtherBackend(st.Backend)
	}
	if list := changes(st.Settings, e.fingerprint(st.Backend)); len(list) > 0 && !o.Recreate {
		return chosen{}, nil, e.failChanged(strings.Join(list, ", "))
	}
	return chosen{backend: st.Backend, engine: eng, serves: st.Reason}, running, nil
}

// readiness collects what each server told when it became ready.
type readiness struct {
	mu   sync.Mutex
	told map[string]told
}

type told struct {
	server  server
	service Service
}

// collect lists the servers to wait for, each of which reports here.
func (r *readiness) collect(e *Env, eng engine, instances []Instance, running map[string]server) []awaited {
	r.told = map[string]told{}
	var wait []awaited
	for _, i := range instances {
		w := eng.await(i, running[i.Name])
		w.ready = func(f info, ping time.Duration) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			service := e.service(i, f, ping)
			r.told[i.Name] = told{w.server.identified(i, f), service}
			e.ok("%s", service.line())
			return nil
		}
		wait = append(wait, w)
	}
	return wait
}

func (r *readiness) servers(order []Instance) []server {
	var list []server
	for _, i := range order {
		list = append(list, r.told[i.Name].server)
	}
	return list
}

func (r *readiness) services(order []Instance) []Service {
	var list []Service
	for _, i := range order {
		list = append(list, r.told[i.Name].service)
	}
	return list
}

// explainTimeout turns the end of the wait into a Failure with the servers'
// last words.
func (e *Env) explainTimeout(ctx context.Context, eng engine, instances []Instance, err error) error {
	if err == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	if _, told := errors.AsType[*Failure](err); told {
		return err
	}
	var names []string
	for _, i := range instances {
		names = append(names, i.Name)
	}
	if _, external := eng.(externalEngine); external { // whose logs are elsewhere
		f := e.failTimeout(names, e.set.Wait, err, "")
		f.Fixes = []string{f.Fixes[0], "see whether their URLs are right: " + e.run("doctor")}
		return f
	}
	return e.failTimeout(names, e.set.Wait, err, e.lastWords(ctx, eng))
}

// lastWords are the last lines the servers printed.
func (e *Env) lastWords(ctx context.Context, eng engine) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	var text strings.Builder
	if err := eng.logs(ctx, LogOptions{Tail: 20}, &text); err != nil {
		return fmt.Sprintf("%s(no logs: %v)", text.String(), err)
	}
	return text.String()
}

func (e *Env) record(c chosen, list []server, before *state) error {
	st := &state{
		Schema: stateSchema, Backend: c.backend, Reason: c.serves, Project: e.set.Project,
		StartedAt: time.Now().UTC().Truncate(time.Second),
		Flags:     e.opts.Flags, Settings: e.fingerprint(c.backend), Servers: list,
	}
	if before != nil {
		st.Companions = before.Companions
	}
	if err := st.write(e.set.Dir); err != nil {
		return fmt.Errorf("record the environment: %w", err)
	}
	return e.WriteEnvFile()
}
