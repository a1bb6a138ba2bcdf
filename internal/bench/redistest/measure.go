package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

// A bench holds what the sections share.
type bench struct {
	ctx   context.Context
	image string
	one   time.Duration // one clean test on the shared native server, measured first
}

// firstImage is the first of REDISTEST_IMAGES.
func firstImage() string {
	first, _, _ := strings.Cut(os.Getenv("REDISTEST_IMAGES"), ",")
	return first
}

// A body is the TB of one measured test. What would fail a test panics, and
// measured turns that into an error.
type body struct {
	ctx     context.Context
	cleanup []func()
}

func (b *body) Helper()                  {}
func (b *body) Name() string             { return "bench" }
func (b *body) Context() context.Context { return b.ctx }
func (b *body) Failed() bool             { return false }
func (b *body) Logf(string, ...any)      {}
func (b *body) Errorf(f string, a ...any) {
	panic(fmt.Errorf(f, a...))
}
func (b *body) Fatalf(f string, a ...any) { b.Errorf(f, a...) }
func (b *body) Skipf(f string, a ...any)  { b.Errorf(f, a...) }
func (b *body) Cleanup(f func())          { b.cleanup = append(b.cleanup, f) }

func (b *body) end() {
	for _, f := range slices.Backward(b.cleanup) {
		f()
	}
	b.cleanup = nil
}

var _ redistest.TB = (*body)(nil)

// test runs f as a test does, clean-up included.
func (b *bench) test(f func(tb redistest.TB)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	tb := &body{ctx: b.ctx}
	f(tb)
	tb.end()
	return nil
}

// A way is one of several that are measured in turns.
type way func() error

// turns runs the ways one after the other, n times over, and returns the
// median of each: what disturbs the machine disturbs all of them.
func turns(n int, ways ...way) ([]time.Duration, error) {
	took := make([][]time.Duration, len(ways))
	for range n {
		for i, do := range ways {
			start := time.Now()
			if err := do(); err != nil {
				return nil, err
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	medians := make([]time.Duration, len(ways))
	for i, all := range took {
		medians[i] = median(all)
	}
	return medians, nil
}

// times runs f n times as one.
func times(n int, f way) way {
	return func() error {
		for range n {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
