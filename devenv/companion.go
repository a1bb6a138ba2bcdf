package devenv

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// The companions of profile monitoring: the metrics everywhere, Prometheus and
// Grafana, which show them, on compose.
const (
	companionMetrics    = "metrics"
	companionPrometheus = "prometheus"
	companionGrafana    = "grafana"
)

// companionDaemons is the directory of those that are daemons.
const companionDaemons Backend = "companions"

// A Companion shows the servers of an environment and lives as long as it.
type Companion struct {
	Name      string `json:"name"`  // metrics, prometheus or grafana
	State     string `json:"state"` // ready, not answering, stopped
	Ready     bool   `json:"ready"`
	URL       string `json:"url"` // of its page
	PID       int    `json:"pid,omitempty"`
	Container string `json:"container,omitempty"`
}

// A companion is what a Companion should be.
type companion struct {
	name         string
	port         int
	page, health string // paths
	image        string // "": a daemon
}

func (c companion) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", c.port, path) }

// instance stands for the companion where ports and containers are looked at.
func (c companion) instance() Instance {
	return Instance{Name: c.name, Host: "127.0.0.1", Port: c.port}
}

// companions are those that an environment on this backend has.
func (e *Env) companions(b Backend) []companion {
	s := e.set
	if !s.Monitoring {
		return nil
	}
	list := []companion{{name: companionMetrics, port: s.MetricsPort, page: "/metrics", health: "/healthz"}}
	if b == BackendCompose {
		list = append(list,
			companion{companionPrometheus, s.PrometheusPort, "/", "/-/ready", s.PrometheusImage},
			companion{companionGrafana, s.GrafanaPort, "/", "/api/health", s.GrafanaImage})
	}
	return list
}

// accompany starts the companions that do not run, waits until each shows its
// page, and records them. The servers are recorded already: the metrics ask
// them. undo takes back what this call started; it is never nil. With anew, a
// daemon that runs belongs to an environment that nobody knows any more.
func (e *Env) accompany(ctx context.Context, b Backend, anew bool) (undo func(context.Context) error, err error) {
	var begun daemons
	undo = begun.stop
	list := e.companions(b)
	if len(list) == 0 {
		return undo, nil
	}
	if anew {
		if err := stopDaemons(ctx, e.set.Dir, companionDaemons, stopGrace); err != nil {
			return undo, err
		}
	}
	if err := e.serveMetrics(ctx, list[0], &begun); err != nil {
		return undo, err
	}
	if b == BackendCompose {
		var back func(context.Context) error
		back, err = composeEngine{e}.accompany(ctx, list[1:])
		undo = func(ctx context.Context) error { return errors.Join(begun.stop(ctx), back(ctx)) }
		if err != nil {
			return undo, err
		}
	} else {
		e.note("Prometheus and Grafana come with the backend compose; here their metrics are served")
	}
	for _, c := range list {
		if err := e.awaitPage(ctx, b, c); err != nil {
			return undo, err
		}
		e.ok("%-6s %s", c.name, c.url(c.page))
	}
	return undo, e.recordCompanions(ctx, b)
}

// serveMetrics starts the daemon that serves the metrics, when none does.
func (e *Env) serveMetrics(ctx context.Context, c companion, begun *daemons) error {
	if d, err := process.ReadPID(pidPath(e.set.Dir, companionDaemons, c.name)); err == nil && d.Alive() {
		return nil
	}
	if e.opts.Metrics == nil {
		return &Failure{
			Code: "serve_missing", Exit: ExitUnsupported, Message: "this program has no target metrics, which profile monitoring runs in the background",
			Fixes: []string{"do without: REDKIT_PROFILE=" + string(e.set.Profile) + " " + e.run("up"), "give devenv.Options a Metrics"},
		}
	}
	argv, err := e.opts.Metrics(ctx)
	if err != nil {
		return err
	}
	if err := e.portsFree(ctx, []Instance{c.instance()}); err != nil {
		return err
	}
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "MAGEFILE_") })
	if err := os.MkdirAll(filepath.Dir(pidPath(e.set.Dir, companionDaemons, c.name)), 0o700); err != nil {
		return err
	}
	d, err := startDaemon(e.set.Dir, companionDaemons, c.name, process.Launch{
		Path: argv[0], Args: argv[1:], Dir: e.set.Root,
		Env: append(env, "REDKIT_DIR="+e.set.Dir, fmt.Sprint("REDKIT_LISTEN=127.0.0.1:", c.port)),
	})
	begun.add(d)
	return err
}

// awaitPage waits until a companion shows its page. One that has ended fails
// with its last words.
func (e *Env) awaitPage(ctx context.Context, b Backend, c companion) error {
	looked := time.Now()
	for {
		err := getPage(ctx, c.url(c.health))
		if err == nil {
			return nil
		}
		if time.Since(looked) > 100*time.Millisecond { // a container takes a request
			looked = time.Now()
			if dead := e.companionDied(ctx, c); dead != nil && ctx.Err() == nil {
				return dead
			}
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			f := e.failTimeout([]string{c.name}, e.set.Wait, err, e.companionWords(ctx, b, c))
			f.Message = fmt.Sprintf("%s did not show its page within %s: %v", c.name, e.set.Wait, err)
			return f
		}
	}
}

// getPage fails unless a page answers with 200 within 2 s.
func getPage(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	return nil
}

func (e *Env) companionDied(ctx context.Context, c companion) error {
	if c.image != "" {
		return composeEngine{e}.companionDied(ctx, c)
	}
	if d, err := process.ReadPID(pidPath(e.set.Dir, companionDaemons, c.name)); err == nil && d.Alive() {
		return nil
	}
	return e.failDied(c.name, tailFile(logPath(e.set.Dir, companionDaemons, c.name), 20))
}

func (e *Env) companionWords(ctx context.Context, b Backend, c companion) string {
	if c.image == "" {
		return tailFile(logPath(e.set.Dir, companionDaemons, c.name), 20)
	}
	return e.lastWords(ctx, e.engine(b))
}

// lookAtCompanions tells how each is, asking at most 2 s.
func (e *Env) lookAtCompanions(ctx context.Context, b Backend) []Companion {
	var list []Companion
	for _, c := range e.companions(b) {
		one := Companion{Name: c.name, State: "stopped", URL: c.url(c.page)}
		if c.image != "" {
			one.Container = composeEngine{e}.runningContainer(ctx, c.name)
		} else if d, err := process.ReadPID(pidPath(e.set.Dir, companionDaemons, c.name)); err == nil && d.Alive() {
			one.PID = d.PID
		}
		if one.PID != 0 || one.Container != "" {
			one.State = "not answering"
			if getPage(ctx, c.url(c.health)) == nil {
				one.State, one.Ready = "ready", true
			}
		}
		list = append(list, one)
	}
	return list
}

func (e *Env) recordCompanions(ctx context.Context, b Backend) error {
	st := readState(e.set.Dir)
	if st == nil {
		return nil // whoever has deleted it wants it forgotten
	}
	st.Companions = nil
	for _, c := range e.lookAtCompanions(ctx, b) {
		s := server{Name: c.Name, Addr: c.URL, Container: c.Container}
		if c.PID != 0 {
			s.Daemon, _ = process.Find(c.PID) // one that has just ended is no daemon
		}
		st.Companions = append(st.Companions, s)
	}
	return st.write(e.set.Dir)
}

// part stops the companions that are daemons; containers go with the others.
func (e *Env) part(ctx context.Context, grace time.Duration) (names []string, err error) {
	found, err := findDaemons(e.set.Dir, companionDaemons)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if s.running() {
			names = append(names, s.Name)
		}
	}
	return names, stopDaemons(ctx, e.set.Dir, companionDaemons, grace)
}
