package devenv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/internal/process"
)

// An Environment is one environment of this user as Environments finds it.
type Environment struct {
	Project string   `json:"project"`
	Root    string   `json:"root"`
	Dir     string   `json:"dir"`
	Backend Backend  `json:"backend,omitempty"`
	State   string   `json:"state"` // running, partly running, stopped; "deleted" when its directory is
	Servers []string `json:"servers"`
}

// Environments lists this environment, or with all every one that this user
// has started and not stopped, from whatever directory.
func (e *Env) Environments(ctx context.Context, all bool) ([]Environment, error) {
	list := []place{e.place()}
	if all {
		var err error
		if list, err = e.places(); err != nil {
			return nil, err
		}
	}
	found := []Environment{}
	for _, p := range list {
		one, err := e.at(p).environment(ctx)
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", p.Dir, err)
		}
		found = append(found, one)
	}
	return found, nil
}

// at is the environment of a place. Its settings are not read: what runs is
// found by what is recorded.
func (e *Env) at(p place) *Env {
	if p == e.place() {
		return e
	}
	set := &Settings{Root: p.Root, Dir: p.Dir, Project: p.Project, Backend: BackendAuto, Profile: ProfileSplit, Bind: "127.0.0.1", Wait: e.set.Wait}
	return New(set, Options{Notify: e.opts.Notify, Command: e.opts.Command, Registry: e.opts.Registry})
}

func (e *Env) environment(ctx context.Context) (Environment, error) {
	one := Environment{Project: e.set.Project, Root: e.set.Root, Dir: e.set.Dir, State: "stopped", Servers: []string{}}
	st := readState(e.set.Dir)
	if st == nil {
		if _, err := os.Stat(e.set.Dir); errors.Is(err, fs.ErrNotExist) {
			left, err := process.Logging(e.set.Dir)
			if err != nil {
				return one, err
			}
			if len(left) > 0 {
				one.State = "deleted"
			}
			for _, l := range left {
				one.Servers = append(one.Servers, fmt.Sprintf("pid %d", l.PID))
			}
		}
		return one, nil
	}
	one.Backend = st.Backend
	found, err := e.engine(st.Backend).find(ctx)
	if err != nil {
		one.State = "unknown: " + brief(err)
		return one, nil
	}
	up := map[string]bool{}
	for _, s := range found {
		if s.running() {
			up[s.Name+s.Container] = true
			up[s.Name] = true
		}
	}
	running := 0
	for _, s := range st.Servers {
		one.Servers = append(one.Servers, s.Name+" "+s.Addr)
		if up[s.Name] || st.Backend == BackendCompose && containerRuns(found, s.Container) {
			running++
		}
	}
	for _, c := range st.Companions {
		one.Servers = append(one.Servers, c.Name+" "+c.Addr)
		if c.Daemon.Alive() || c.Container != "" && containerRuns(found, c.Container) {
			running++
		}
	}
	switch {
	case running == len(st.Servers)+len(st.Companions):
		one.State = "running"
	case running > 0:
		one.State = "partly running"
	}
	return one, nil
}

func containerRuns(found []server, id string) bool {
	for _, s := range found {
		if s.Container == id && s.running() {
			return true
		}
	}
	return false
}

// DownAll is Down for every environment that this user has started and not
// stopped. It goes on after an error, and returns all of them.
func (e *Env) DownAll(ctx context.Context, o DownOptions) (*Report, error) {
	r := e.begin("down")
	list, err := e.places()
	if err != nil {
		return r.end(err)
	}
	return e.downEach(ctx, o, list, r)
}

// DownProject is Down for the environment of that name among those that this
// user has started and not stopped, wherever that was.
func (e *Env) DownProject(ctx context.Context, name string, o DownOptions) (*Report, error) {
	if name == e.set.Project {
		return e.Down(ctx, o)
	}
	r := e.begin("down")
	list, err := e.places()
	if err != nil {
		return r.end(err)
	}
	var known []string
	for _, p := range list {
		known = append(known, p.Project)
	}
	list = slices.DeleteFunc(list, func(p place) bool { return p.Project != name })
	if len(list) == 0 {
		return r.end(failNoProject(name, known, e.run("ps", "-all")))
	}
	return e.downEach(ctx, o, list, r)
}

func failNoProject(name string, known []string, list string) *Failure {
	fix := "you have started none; see " + list
	if len(known) > 0 {
		fix = "name one of these: " + strings.Join(known, ", ")
	}
	return &Failure{Code: "no_such_project", Exit: ExitUsage, Message: fmt.Sprintf("there is no environment %q that you have started and not stopped", name), Fixes: []string{fix}}
}

func (e *Env) downEach(ctx context.Context, o DownOptions, list []place, r *Report) (*Report, error) {
	if len(list) == 0 {
		e.note("nothing was running")
	}
	var errs []error
	for _, p := range list {
		var err error
		other := e.at(p)
		e.note("%s in %s", p.Project, p.Root)
		one := other.begin("down")
		if _, gone := os.Stat(p.Dir); errors.Is(gone, fs.ErrNotExist) {
			o.Grace = max(o.Grace, stopGrace)
			err = other.down(ctx, o, one) // a lock would make the directory again
		} else {
			one, err = other.Down(ctx, o)
		}
		r.Services = append(r.Services, one.Services...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Project, err))
		}
	}
	return r.end(errors.Join(errs...))
}
