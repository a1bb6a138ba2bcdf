package cachetest

import (
	"errors"
	"math/big"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// lacking is the source of what a declined capability answers.
const lacking = "conformance.Lacking: a cache that has methods only because of its Go type says so when they are called"

// lackRows say how a cache answers the methods of a capability that it lacks.
// They catch a stub that reports success, and a cache that can do more than it
// says, whose rules would be skipped.
func lackRows() []row {
	return []row{
		{ID: "CACHE-LAC-001", Declines: adding, Says: "An add that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.add("new", "v", Default())} })},
		{ID: "CACHE-LAC-002", Declines: touching, Says: "A touch that the cache lacks MUST fail as unsupported and leave the entry.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.touch("kept", For(0))} })},
		{ID: "CACHE-LAC-003", Declines: looking, Says: "A has that the cache lacks MUST fail as unsupported.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.has("kept")} })},
		{ID: "CACHE-LAC-004", Declines: many, Says: "A call on many keys that the cache lacks MUST fail as unsupported and change nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.getMany("kept"), k.setMany(map[string]any{"kept": 2, "new": 1}, Default()), k.delMany("kept")}
			})},
		{ID: "CACHE-LAC-005", Declines: filling, Says: "A get_or_set that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.fill("new", "v", Default())} })},
		{ID: "CACHE-LAC-006", Declines: counting, Says: "An incr and a decr that the cache lacks MUST fail as unsupported and leave the value.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.incr("kept", 1), k.decr("kept", 1)} })},
		{ID: "CACHE-LAC-007", Declines: creating, Says: "An incr from nothing that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.incrCreate("new", 1)} })},
		{ID: "CACHE-LAC-008", Declines: bigs, Says: "An incr beyond 64 bits that the cache lacks MUST fail as unsupported and leave the value.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.incrBig("kept", new(big.Int).Lsh(big.NewInt(1), 70))}
			})},
		{ID: "CACHE-LAC-009", Declines: floats, Says: "An incr by a float that the cache lacks MUST fail as unsupported and leave the value.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.incrFloat("kept", 0.5)} })},
		{ID: "CACHE-LAC-010", Declines: versions, Says: "An incr_version and a decr_version that the cache lacks MUST fail as unsupported and leave the entry.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.incrVersion("kept", 1), k.decrVersion("kept", 1)}
			})},
		{ID: "CACHE-LAC-011", Declines: expiring, Says: "A look at an expiry, or a change of one, that the cache lacks MUST fail as unsupported and leave the entry.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				past := time.Unix(1, 0)
				return []outcome{
					k.ttl("kept"), k.pttl("kept"), k.persist("kept"), k.expire("kept", 0), k.pexpire("kept", 0),
					k.expireAt("kept", past), k.pexpireAt("kept", past),
				}
			})},
		{ID: "CACHE-LAC-012", Declines: scanning, Says: "A pattern that the cache lacks MUST fail as unsupported and remove nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.keys("*"), k.iterKeys("*", 0), k.deletePattern("*")}
			})},
		{ID: "CACHE-LAC-013", Declines: clearing, Says: "A clear that the cache lacks MUST fail as unsupported and remove nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.did("Clear").got(nil, k.c.(Clearer).Clear(k.ctx))}
			})},
		{ID: "CACHE-LAC-014", Declines: clearingPrefix, Says: "A clear of the prefix that the cache lacks MUST fail as unsupported and remove nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return []outcome{k.clearPrefix()} })},
		{ID: "CACHE-LAC-015", Declines: conditional, Says: "A conditional set that the cache lacks MUST fail as unsupported and write nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.setIf("new", "v", Default(), IfAbsent), k.setIf("kept", "v", Default(), IfPresent)}
			})},
		{ID: "CACHE-LAC-016", Declines: locking, Says: "An acquire of a lock that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				l := k.lock("new", LockOptions{Timeout: time.Second, Wait: -1})
				return []outcome{l.acquire(), l.release(), l.locked(), l.owned()}
			})},
		{ID: "CACHE-LAC-017", Declines: aliases, Says: "An open of another alias that the cache lacks MUST fail as unsupported.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				_, err := k.c.(Opener).Open(k.ctx, Alias{Prefix: "other"})
				return []outcome{k.did("Open", "other").got(nil, err)}
			})},
		{ID: "CACHE-LAC-018", Declines: closing, Says: "A close that the cache lacks MUST fail as unsupported and leave the cache open.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.did("Close").got(nil, k.c.(Closer).Close())}
			})},
		{ID: "CACHE-LAC-019", Declines: sets, Says: "A call on a set that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return lackingSets(k, k.c.(Sets)) })},
		{ID: "CACHE-LAC-020", Declines: hashes, Says: "A call on a hash that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return lackingHashes(k, k.c.(Hashes)) })},
		{ID: "CACHE-LAC-021", Declines: sorteds, Says: "A call on a sorted set that the cache lacks MUST fail as unsupported and store nothing.",
			Why: lacking, Check: refuses(func(k *kit) []outcome { return lackingSorted(k, k.c.(SortedSets)) })},
		{ID: "CACHE-LAC-022", Declines: inspecting, Says: "A look at the store that the cache lacks MUST fail as unsupported.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				c := k.c.(Inspector)
				_, err := c.Stored(k.ctx, ":1:kept")
				return []outcome{
					k.did("Stored", ":1:kept").got(nil, err), k.did("StoreRaw", ":1:new", "v").got(nil, c.StoreRaw(k.ctx, ":1:new", []byte("v"))),
					k.did("StoredKeys").got(c.StoredKeys(k.ctx)),
				}
			})},
		{ID: "CACHE-LAC-023", Declines: evicting, Says: "An eviction that the cache lacks MUST fail as unsupported and leave the entry.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.did("Evict", "kept").got(nil, k.c.(Evicter).Evict(k.ctx, "kept"))}
			})},
		{ID: "CACHE-LAC-024", Declines: replicas, Says: "A catching up of the replica that the cache lacks MUST fail as unsupported.",
			Why: lacking, Check: refuses(func(k *kit) []outcome {
				return []outcome{k.did("Replicate").got(nil, k.c.(Replicated).Replicate(k.ctx))}
			})},
	}
}

// refuses checks that every call is unsupported, that "kept" stays as it is
// and that "new" does not come to be.
func refuses(calls func(k *kit) []outcome) func(*conformance.Probe, Cache) {
	return check(func(k *kit) {
		k.set("kept", 1, Default())
		for _, o := range calls(k) {
			o.fails(errors.ErrUnsupported)
		}
		k.get("kept").is(1)
		k.get("new").none()
	})
}
