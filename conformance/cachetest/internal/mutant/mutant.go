// Package mutant holds broken caches: each is the real reference with one
// named bug, as somebody might write it. The suite must catch every one of
// them, and every requirement must catch at least one.
package mutant

import (
	"context"
	"slices"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// Names that mutants would otherwise repeat at length.
type (
	Timeout    = cachetest.Timeout
	Scored     = cachetest.Scored
	ScoreRange = cachetest.ScoreRange
	Compute    = func(context.Context) (any, error)
)

// A Full cache has every method of the port.
type Full interface {
	cachetest.Cache
	cachetest.Adder
	cachetest.Conditional
	cachetest.Toucher
	cachetest.Haser
	cachetest.Many
	cachetest.Filler
	cachetest.Counter
	cachetest.Creator
	cachetest.BigCounter
	cachetest.FloatCounter
	cachetest.Versioned
	cachetest.Expirer
	cachetest.Scanner
	cachetest.Quoter
	cachetest.Clearer
	cachetest.PrefixClearer
	cachetest.Closer
	cachetest.Opener
	cachetest.Inspector
	cachetest.Evicter
	cachetest.Replicated
	cachetest.Locker
	cachetest.Sets
	cachetest.Hashes
	cachetest.SortedSets
	conformance.Lacking
}

// A Break puts a bug into a cache.
type Break func(Full) Full

// A Mutant is a cache with one bug.
type Mutant struct {
	Name  string // what the bug does, in words joined by hyphens
	Break Break
	// Claims and Unclaims change what the subject says of itself.
	Claims, Unclaims []conformance.Capability
	// Bubble says that only a clock which moves waiting calls shows the bug.
	Bubble bool
	// Must lists requirements that depend on timing and have to catch the bug.
	Must []conformance.ID
	// Server says that the bug shows on a server only: on the store below the
	// cache, on the way to it, or in its failures.
	Server bool
	// Alone says that the server must be one that can be restarted and put
	// under pressure, Replica that there is one that lags, Sentinel that a
	// replica can become the master.
	Alone, Replica, Sentinel bool
	// Only narrows what judges the mutant to an area, or to one requirement.
	Only string
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject cachetest.Subject) cachetest.Subject {
	subject.Name += " with " + m.Name
	subject.Claims = slices.Concat(m.Claims, slices.DeleteFunc(slices.Clone(subject.Claims), func(c conformance.Capability) bool {
		return slices.Contains(m.Unclaims, c)
	}))
	if m.Break == nil {
		return subject
	}
	build := subject.New
	subject.New = func(tb conformance.TB) cachetest.Cache {
		c, ok := build(tb).(Full)
		if !ok {
			tb.Fatalf("a mutant needs a cache with every method of the port")
		}
		return spread(c, m.Break)
	}
	return subject
}

// spread puts the bug into c and into every cache that c opens.
func spread(c Full, b Break) Full { return everywhere{b(c), c, b} }

type everywhere struct {
	Full
	sound Full
	b     Break
}

func (e everywhere) At(version string) cachetest.Cache {
	if at, broken := e.Full.(atHook); broken {
		return at.At(version)
	}
	return spread(e.sound.At(version).(Full), e.b)
}

func (e everywhere) Open(ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
	if open, broken := e.Full.(openHook); broken {
		return open.Open(ctx, alias)
	}
	c, err := e.sound.Open(ctx, alias)
	if err != nil {
		return nil, err
	}
	return spread(c.(Full), e.b), nil
}
