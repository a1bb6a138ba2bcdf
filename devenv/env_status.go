package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Status tells how every server is, also when all are stopped. Its error is a
// *Failure with ExitNotReady unless all are ready; the report is complete
// either way. It changes nothing and waits for nobody.
func (e *Env) Status(ctx context.Context) (*Report, error) {
	r := e.begin("status")
	return r.end(e.status(ctx, r))
}

func (e *Env) status(ctx context.Context, r *Report) error {
	st := readState(e.set.Dir)
	instances := e.instances(e.backendOf(st))
	if st == nil {
		for _, i := range instances {
			r.Services = append(r.Services, stopped(i, "stopped"))
		}
		return e.failNotRunning("the environment is not running")
	}
	r.Backend, r.Reason = st.Backend, st.Reason
	eng := e.engine(st.Backend)
	found, err := eng.find(ctx)
	if err != nil {
		for _, i := range instances {
			r.Services = append(r.Services, stopped(i, "unknown"))
		}
		return err
	}
	var final error
	r.Services, final = e.look(ctx, eng, instances, found)
	if final != nil {
		return final
	}
	var bad []string
	loading := 0
	for _, s := range r.Services {
		switch {
		case s.Ready:
			continue
		case s.State == "loading":
			loading++
			bad = append(bad, fmt.Sprintf("the %s loads its data: %s", s.Name, s.Detail))
		default:
			bad = append(bad, fmt.Sprintf("the %s is %s", s.Name, s.State))
		}
	}
	if loading > 0 && loading == len(bad) {
		return e.failLoading(strings.Join(bad, ", "))
	}
	limited, cancel := context.WithTimeout(ctx, perGroup)
	defer cancel()
	r.Groups = nil
	for name, wrong := range e.checkGroups(limited, instances, r.Services) {
		if r.Groups == nil {
			r.Groups = map[string]string{}
		}
		r.Groups[name] = ""
		if wrong != nil {
			r.Groups[name] = wrong.Error()
			bad = append(bad, fmt.Sprintf("the %s is not in order: %v", name, wrong))
		}
	}
	r.Companions = e.lookAtCompanions(limited, st.Backend)
	for _, c := range r.Companions {
		if !c.Ready {
			bad = append(bad, fmt.Sprintf("%s is %s", c.Name, c.State))
		}
	}
	if len(bad) > 0 {
		return e.failNotRunning(strings.Join(bad, ", "))
	}
	return nil
}

// look asks every server, at most 2 s each, all at once. The error is one that
// waiting does not change, such as a wrong password.
func (e *Env) look(ctx context.Context, eng engine, instances []Instance, found []server) ([]Service, error) {
	services := make([]Service, len(instances))
	var group errgroup.Group // waited for below; each look ends by its time limit
	for n, i := range instances {
		at := slices.IndexFunc(found, func(s server) bool { return s.Name == i.Name })
		if at < 0 {
			services[n] = stopped(i, "stopped")
			continue
		}
		group.Go(func() (err error) {
			services[n], err = e.lookAt(ctx, eng.await(i, found[at]))
			return err
		})
	}
	return services, group.Wait()
}

func (e *Env) lookAt(ctx context.Context, a awaited) (Service, error) {
	i := a.instance
	if !a.server.running() {
		return stopped(i, a.server.Status), nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	client, err := a.open()
	if err != nil {
		return stopped(i, "unusable"), err
	}
	defer client.Close()
	f, ping, err := e.askOnce(ctx, client, a)
	if err == nil {
		return e.service(i, f, ping), nil
	}
	s := stopped(i, "not answering")
	s.Ours, s.Detail = !errors.Is(err, errStranger), err.Error()
	if loads(err) {
		s.State, s.Detail = "loading", askLoading(ctx, client, err).far
	}
	final := e.classify(i, err)
	if final == nil && a.server.running() && !loads(err) {
		final = e.unanswered(ctx, i)
	}
	if final != nil {
		s.State = strings.ReplaceAll(AsFailure(final).Code, "_", " ")
	}
	return s, final
}

func stopped(i Instance, state string) Service {
	return Service{Name: i.Name, Group: i.Group, State: state, Addr: i.where(), URL: i.URL.String()}
}

// Wait returns when every server is ready, and fails with ExitTimeout when
// they are not within Settings.Wait.
func (e *Env) Wait(ctx context.Context) (*Report, error) {
	r := e.begin("wait")
	limited, cancel := context.WithTimeout(ctx, e.set.Wait)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		r.Services = []Service{}
		err := e.status(limited, r)
		if err == nil {
			return r.end(nil)
		}
		if f := AsFailure(err); f.Exit != ExitNotReady {
			return r.end(err) // waiting does not change it
		}
		if last == nil || limited.Err() == nil { // a question that was cut off tells nothing
			last = err
		}
		select {
		case <-limited.Done():
			return r.end(e.failWait(last))
		case <-tick.C:
		}
	}
}
