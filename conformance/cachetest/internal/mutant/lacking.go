package mutant

import (
	"context"
	"iter"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// declining is a cache that says it lacks a capability.
type declining struct {
	Full
	lacks conformance.Capability
}

func (m declining) Lacks() []conformance.Capability { return append(m.Full.Lacks(), m.lacks) }

// denied makes the cache say so, and puts the bugs in.
func denied(capability conformance.Capability, bugs ...Break) Break {
	return func(c Full) Full { return declining{merge(c, bugs...), capability} }
}

// lackingButThere holds capabilities that a cache denies though its methods
// work, and stubs that report success.
func lackingButThere() []Mutant {
	var all []Mutant
	for _, capability := range []conformance.Capability{
		"cache.add", "cache.touch", "cache.has", "cache.many", "cache.get-or-set", "cache.count", "cache.count.create", "cache.count.big",
		"cache.count.float", "cache.versions", "cache.expiry", "cache.patterns", "cache.clear", "cache.clear.prefix", "cache.conditional",
		"cache.locks", "cache.aliases", "cache.close", "cache.sets", "cache.hashes", "cache.sorted-sets", cachetest.Evicting,
	} {
		all = append(all, Mutant{Name: strings.ReplaceAll(string(capability), ".", "-") + "-is-there-but-denied", Break: denied(capability)})
	}
	return append(all,
		Mutant{Name: "an-add-that-is-lacking-reports-false", Break: denied("cache.add", add(func(Full, context.Context, string, any, Timeout) (bool, error) {
			return false, nil
		}))},
		Mutant{Name: "a-get_many-that-is-lacking-finds-nothing", Break: denied("cache.many", getMany(func(Full, context.Context, []string) (map[string]any, error) {
			return nil, nil
		}))},
		Mutant{Name: "a-clear-that-is-lacking-reports-success", Break: denied("cache.clear", wipe(func(Full, context.Context) error { return nil }))},
		Mutant{Name: "a-pattern-that-is-lacking-matches-nothing", Break: denied("cache.patterns", iterKeys(func(Full, context.Context, string, int) iter.Seq2[string, error] {
			return func(func(string, error) bool) {}
		}))},
		Mutant{Name: "a-store-that-cannot-be-seen-looks-empty", Break: func(c Full) Full { return blind{c} }},
		Mutant{Name: "a-replica-that-is-lacking-catches-up", Break: func(c Full) Full { return upToDate{c} }},
		Mutant{Name: "serializers-are-not-claimed", Unclaims: []conformance.Capability{cachetest.Serializers}},
		Mutant{Name: "ignoring-exceptions-is-not-claimed", Unclaims: []conformance.Capability{cachetest.IgnoresErrors}},
	)
}

// blind shows an empty store.
type blind struct{ Full }

func (blind) Stored(context.Context, string) (cachetest.Entry, error) { return cachetest.Entry{}, nil }

// upToDate has no replica that could lag.
type upToDate struct{ Full }

func (upToDate) Replicate(context.Context) error { return nil }
