package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/examples/django/goshop"
	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/celery"
)

// patience is how long a scene may take on a machine under load.
const patience = 5 * time.Minute

// A scene is a shop on one place with all who work there: Django, Celery's
// worker and beat, and the Go side. It keeps what each side saw.
type scene struct {
	t      *testing.T
	ctx    context.Context
	set    *devenv.Settings
	shop   *goshop.Shop
	python *driver
	worker *process.Bound // Celery's
	beat   *process.Bound // Celery's
	log    strings.Builder
}

// open brings everybody together.
func open(t *testing.T, p place) *scene {
	t.Helper()
	needPython(t)
	set, envFile := p.up(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &scene{t: t, ctx: ctx, set: set}
	s.python = drive(t, envFile)
	s.worker = celeryProcess(t, envFile, "worker", "--pool", "solo", "--hostname", "django@shop", "--loglevel", "WARNING")
	s.beat = celeryProcess(t, envFile, "beat", "--schedule", t.TempDir()+"/schedule", "--pidfile", "", "--loglevel", "WARNING")
	var err error
	if s.shop, err = goshop.Open(set, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.shop.Close(); err != nil {
			t.Error(err)
		}
	})
	s.work(s.shop.App.NewWorker(celery.WorkerOptions{Name: "go@shop", Queues: []string{goshop.Queue}}))
	return s
}

// work runs a Go worker until the end of the test.
func (s *scene) work(w *celery.Worker) {
	ctx, stop := context.WithCancel(s.ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			s.t.Errorf("the Go worker: %v", err)
		}
	})
	s.t.Cleanup(func() { stop(); w.Kill(); running.Wait() })
}

// cache is the Go side's of an alias.
func (s *scene) cache(alias string) cache.Cache {
	s.t.Helper()
	c, err := s.shop.Caches.Get(alias)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *scene) title(text string) { fmt.Fprintf(&s.log, "\n# %s\n", text) }

// django has the Python side evaluate an expression, and notes what it saw.
func (s *scene) django(expression string) any {
	s.t.Helper()
	v := s.quietly(expression)
	s.note("django", expression, v)
	return v
}

// quietly is django without a note.
func (s *scene) quietly(expression string) any {
	s.t.Helper()
	v, err := s.python.ask(expression)
	if err != nil {
		s.t.Fatalf("Python, asked for %s: %v\nso far:\n%s", expression, err, &s.log)
	}
	return v
}

// golang notes what the Go side saw.
func (s *scene) golang(call string, v any, err error) {
	s.t.Helper()
	if err != nil {
		v = "error: " + err.Error()
	}
	s.note("go", call, v)
}

func (s *scene) note(who, call string, v any) {
	s.t.Helper()
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		s.t.Fatalf("show what %s saw of %s: %v", who, call, err)
	}
	fmt.Fprintf(&s.log, "%-7s %s\n        %s", who, call, text.String())
}

// until asks again and again until the answer is yes.
func (s *scene) until(what string, holds func(context.Context) (bool, error)) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := holds(s.ctx)
		if ok {
			return
		}
		select {
		case <-s.ctx.Done():
			s.t.Fatalf("waited in vain until %s: %v", what, errors.Join(err, s.ctx.Err()))
		case <-tick.C:
		}
	}
}
