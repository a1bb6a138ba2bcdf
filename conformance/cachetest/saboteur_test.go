package cachetest_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/subjects"
)

// A saboteur attacks the suite itself, not one rule of it.
type saboteur struct {
	cachetest.Cache
	get func(ctx context.Context, key string) (any, bool, error)
}

func (s saboteur) Get(ctx context.Context, key string) (any, bool, error) { return s.get(ctx, key) }

// sabotaged is a cache of three methods with its own get.
func sabotaged(get func(c cachetest.Cache) func(context.Context, string) (any, bool, error)) cachetest.Subject {
	subject := subjects.Memory()
	build := subject.New
	subject.New = func(tb conformance.TB) cachetest.Cache {
		c := build(tb)
		return saboteur{c, get(c)}
	}
	return subject
}

// first judges the first rules only: what comes after a saboteur's replace must
// still run.
func first(t *testing.T, subject cachetest.Subject) []conformance.Result {
	t.Helper()
	return cachetest.Suite().Check(t.Context(), subject, conformance.Options{
		Only:     func(id conformance.ID) bool { return id == "CACHE-BAS-001" || id == "CACHE-BAS-008" },
		Watchdog: 500 * time.Millisecond,
		Patience: 50 * time.Millisecond,
	}).Results
}

func TestSaboteursAreNamedAndStopNothing(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	tests := []struct {
		name   string
		get    func(c cachetest.Cache) func(context.Context, string) (any, bool, error)
		status conformance.Status
		says   string
	}{
		{"panics", func(cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(context.Context, string) (any, bool, error) { panic("index out of range") }
		}, conformance.Fail, "panic: index out of range"},
		{"hangs until its context ends", func(cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(ctx context.Context, _ string) (any, bool, error) { <-ctx.Done(); return nil, false, ctx.Err() }
		}, conformance.Fail, "did not return within 500ms"},
		{"hangs and ignores its context", func(cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(context.Context, string) (any, bool, error) { <-stop; return nil, false, nil }
		}, conformance.Fail, "did not return within 500ms"},
		{"leaks a goroutine at each call", func(c cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(ctx context.Context, key string) (any, bool, error) {
				go func() { <-stop }() // ended by the test: the leak under test
				return c.Get(ctx, key)
			}
		}, conformance.Error, "goroutines outlive the instance"},
		{"returns nil and nil", func(cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(context.Context, string) (any, bool, error) { return nil, false, nil }
		}, conformance.Fail, `Get("a") = nothing, want "v"`},
		{"returns a type of its own", func(cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(context.Context, string) (any, bool, error) { return struct{ s []int }{}, true, nil }
		}, conformance.Fail, `want "v"`},
		{"changes the key it was given", func(c cachetest.Cache) func(context.Context, string) (any, bool, error) {
			return func(ctx context.Context, key string) (any, bool, error) { return c.Get(ctx, key+"?") }
		}, conformance.Fail, `Get("a") = nothing, want "v"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results := first(t, sabotaged(tt.get))
			if len(results) != 2 || results[0].Status != tt.status || !strings.Contains(results[0].Message(), tt.says) {
				t.Errorf("the first of %d results: %s:\n%s\nwant %s: %q", len(results), results[0].Status, results[0].Message(), tt.status, tt.says)
			}
			if results[1].Status != conformance.Pass { // it calls no get
				t.Errorf("the result after it: %s:\n%s\nwant pass", results[1].Status, results[1].Message())
			}
		})
	}
}

// TestInnocentsPass shows that odd but legal caches fail nothing.
func TestInnocentsPass(t *testing.T) {
	t.Parallel()
	wrap := func(change func(cachetest.Cache) cachetest.Cache) cachetest.Subject {
		subject := subjects.Memory()
		build := subject.New
		subject.New = func(tb conformance.TB) cachetest.Cache { return change(build(tb)) }
		return subject
	}
	bare := wrap(func(c cachetest.Cache) cachetest.Cache { return three{c} })
	bare.Claims = []conformance.Capability{cachetest.SubSecond, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes}
	bare.Profiles = nil
	tests := map[string]cachetest.Subject{
		"a cache of three methods":       bare,
		"a cache on the wall clock":      walled(bare),
		"a slow cache":                   wrap(func(c cachetest.Cache) cachetest.Cache { return slow{c.(*subjects.Adapter)} }),
		"a cache that pads every answer": wrap(func(c cachetest.Cache) cachetest.Cache { return padded{c.(*subjects.Adapter)} }),
		"a cache with methods it lacks":  wrap(func(c cachetest.Cache) cachetest.Cache { return modest{c.(*subjects.Adapter)} }),
	}
	for name, subject := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := cachetest.Check(t.Context(), subject).Err(); err != nil {
				t.Errorf("Check(%s) = %v, want nil", name, err)
			}
		})
	}
}

// three hides all but the least of the port.
type three struct{ cachetest.Cache }

// walled takes the clock away: real time has to do.
func walled(subject cachetest.Subject) cachetest.Subject {
	subject.New = func(conformance.TB) cachetest.Cache {
		return three{subjects.MemoryInBubble().New(nil)}
	}
	subject.Equipment = conformance.Equipment{Clock: conformance.Wall{Budget: time.Millisecond}}
	return subject
}

// slow takes its time.
type slow struct{ *subjects.Adapter }

func (s slow) Get(ctx context.Context, key string) (any, bool, error) {
	timer := time.NewTimer(100 * time.Microsecond)
	defer timer.Stop()
	<-timer.C
	return s.Adapter.Get(ctx, key)
}

// padded returns lists in another order, and nil where others return empty
// ones.
type padded struct{ *subjects.Adapter }

func (p padded) Keys(ctx context.Context, pattern string) ([]string, error) {
	keys, err := p.Adapter.Keys(ctx, pattern)
	slices.Sort(keys)
	slices.Reverse(keys)
	if len(keys) == 0 {
		keys = nil
	}
	return keys, err
}

func (p padded) GetMany(ctx context.Context, keys []string) (map[string]any, error) {
	got, err := p.Adapter.GetMany(ctx, keys)
	if len(got) == 0 {
		got = nil
	}
	return got, err
}

func (p padded) SMembers(ctx context.Context, key string) ([]any, error) {
	got, err := p.Adapter.SMembers(ctx, key)
	slices.Reverse(got)
	if len(got) == 0 {
		got = nil
	}
	return got, err
}

// modest has methods that it does not serve, and says so.
type modest struct{ *subjects.Adapter }

func (m modest) Lacks() []conformance.Capability {
	return append(m.Adapter.Lacks(), "cache.add", "cache.count.big", "cache.clear")
}

func (modest) Add(context.Context, string, any, cachetest.Timeout) (bool, error) {
	return false, errors.ErrUnsupported
}

func (modest) IncrBig(context.Context, string, *big.Int) (*big.Int, error) {
	return nil, errors.ErrUnsupported
}

func (modest) Clear(context.Context) error { return fmt.Errorf("clear: %w", errors.ErrUnsupported) }

func (m modest) At(version string) cachetest.Cache {
	return modest{m.Adapter.At(version).(*subjects.Adapter)}
}

func (m modest) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	c, err := m.Adapter.Open(ctx, alias)
	if err != nil {
		return nil, err
	}
	return modest{c.(*subjects.Adapter)}, nil
}
