package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/redistest"
)

// whole is the redistest.TB of servers that a whole judgement shares: a cluster
// takes too long to boot for each requirement.
type whole struct {
	ctx  context.Context
	name string
	logf func(string, ...any)

	mu     sync.Mutex
	ends   []func()
	broken string
}

// on binds a subject that needs servers of its own to the suite of its family:
// build gets a TB whose servers end with the judgement.
func on[P any](suite conformance.Suite[P], name string, build func(redistest.TB) conformance.Subject[P]) judged {
	return judged{name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
		logf := opts.Logf
		if logf == nil {
			logf = func(string, ...any) {}
		}
		tb := &whole{ctx: ctx, name: name, logf: logf}
		report := &conformance.Report{Family: suite.Family, Subject: name, Started: time.Now()}
		done := make(chan struct{})
		go func() { // ended by its judgement or by Fatalf, awaited below
			defer close(done)
			defer tb.end()
			subject := build(tb)
			subject.Name = name
			report = suite.Check(ctx, subject, opts)
		}()
		<-done
		if tb.broken != "" && report.Broken == "" {
			report.Broken = tb.broken
		}
		return report
	}}
}

// at is of, for a server that runs already: where it cannot be used, that is
// said once and not by each requirement.
func at[P any](suite conformance.Suite[P], there redistest.Option, subject conformance.Subject[P]) judged {
	return on(suite, subject.Name, func(tb redistest.TB) conformance.Subject[P] {
		look := &brief{TB: tb}
		redistest.Start(look, there)
		for _, f := range slices.Backward(look.ends) {
			f()
		}
		return subject
	})
}

// A brief TB ends before the one it is part of.
type brief struct {
	redistest.TB
	ends []func()
}

func (b *brief) Cleanup(f func()) { b.ends = append(b.ends, f) }

func (w *whole) end() {
	for i := len(w.ends) - 1; i >= 0; i-- {
		w.ends[i]()
	}
}

func (w *whole) Helper()                    {}
func (w *whole) Name() string               { return w.name }
func (w *whole) Context() context.Context   { return w.ctx }
func (w *whole) Logf(f string, args ...any) { w.logf(f, args...) }

func (w *whole) Cleanup(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, f)
}

func (w *whole) Failed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken != ""
}

func (w *whole) Errorf(f string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == "" {
		w.broken = fmt.Sprintf(f, args...)
	}
}

// Fatalf and Skipf end the goroutine of the judgement.
func (w *whole) Fatalf(f string, args ...any) {
	w.Errorf(f, args...)
	runtime.Goexit()
}

func (w *whole) Skipf(f string, args ...any) { w.Fatalf(f, args...) }
