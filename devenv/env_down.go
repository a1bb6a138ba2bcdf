package devenv

import (
	"context"
	"slices"
	"strings"
	"time"
)

// DownOptions change what Down does. The zero value stops the servers and
// leaves the data that are kept.
type DownOptions struct {
	Volumes bool          // delete the kept data too
	Grace   time.Duration // how long a server may take to save and end; 0 means 20 s
}

// Down stops every server of this environment and forgets it. It also ends
// what an earlier command left behind when it was killed. When nothing runs it
// does nothing. External servers are only forgotten. Errors are *Failure.
func (e *Env) Down(ctx context.Context, o DownOptions) (*Report, error) {
	r := e.begin("down")
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return r.end(err)
	}
	defer unlock()
	if o.Grace == 0 {
		o.Grace = stopGrace
	}
	return r.end(e.down(ctx, o, r))
}

// keepers are the servers that keep data, in all profiles.
func keepers() []string { return []string{"cache", "broker", "redis"} }

// kept are the names of those servers whose data outlive them.
func (e *Env) kept(services []Service) (names []string) {
	for _, i := range e.set.Instances() {
		if i.Keep && slices.ContainsFunc(services, func(s Service) bool { return s.Name == i.Name }) {
			names = append(names, i.Name)
		}
	}
	return names
}

func (e *Env) down(ctx context.Context, o DownOptions, r *Report) error {
	st := readState(e.set.Dir)
	// Daemons cost little to look for; Docker is asked only when it was used
	// or when nobody knows.
	backends := []Backend{BackendNative, BackendEmbedded}
	if st == nil || st.Backend == BackendCompose {
		backends = append(backends, BackendCompose)
	}
	companions, err := e.part(ctx, o.Grace)
	if err != nil {
		return err
	}
	for _, name := range companions {
		e.ok("stopped %s", name)
	}
	for _, b := range backends {
		eng := e.engine(b)
		found, err := eng.find(ctx)
		if err != nil {
			if st == nil || st.Backend != b {
				continue // nothing says that it was ever used here
			}
			return err
		}
		for _, s := range found {
			if s.running() {
				r.Backend = b
				r.Services = append(r.Services, Service{Name: s.Name, State: "stopped", Ours: true, Addr: s.Addr, Container: s.Container})
			}
		}
		if err := eng.stop(ctx, o.Grace); err != nil {
			return err
		}
		if o.Volumes {
			if err := eng.discard(ctx, keepers()); err != nil {
				return err
			}
		}
	}
	if st != nil && r.Backend == "" {
		r.Backend = st.Backend
	}
	for _, s := range r.Services {
		e.ok("stopped %s", s.Name)
	}
	if kept := e.kept(r.Services); len(kept) > 0 && !o.Volumes && r.Backend != BackendEmbedded {
		e.note("the data of %s stay; without them: %s", strings.Join(kept, ", "), e.run("down", "-volumes"))
	}
	switch {
	case r.Backend == BackendExternal:
		e.note("forgotten; external servers are left alone")
	case len(r.Services) == 0 && len(companions) == 0:
		e.note("nothing was running")
	}
	if err := e.unregister(e.place()); err != nil {
		return err
	}
	return removeState(e.set.Dir)
}
