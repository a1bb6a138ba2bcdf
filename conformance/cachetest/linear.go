package cachetest

import (
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/anishathalye/porcupine"

	"github.com/redkit-dev/redkit/conformance/internal/linear"
)

func linearRows() []row {
	return []row{
		{ID: "CACHE-LIN-001", Needs: needs{adding}, Says: "Concurrent gets, sets, adds and deletes of a key MUST be linearizable.",
			Why: "every call takes effect at one moment between its start and its end", Check: check(func(k *kit) {
				linear.Check(k.Probe, registerModel(), func(i, n int) (any, func() any) {
					key, value := "a", int64(100*i+n)
					switch (i + n) % 4 {
					case 0:
						return register{op: "set", value: value}, func() any { return k.c.Set(k.ctx, key, value, Default()) }
					case 1:
						return register{op: "add", value: value}, func() any {
							ok, err := k.c.(Adder).Add(k.ctx, key, value, Default())
							return linear.Outcome(ok, err)
						}
					case 2:
						return register{op: "delete"}, func() any {
							ok, err := k.c.Delete(k.ctx, key)
							return linear.Outcome(ok, err)
						}
					}
					return register{op: "get"}, func() any {
						v, found, err := k.c.Get(k.ctx, key)
						if !found {
							v = "nothing"
						}
						return linear.Outcome(v, err)
					}
				})
			})},
		{ID: "CACHE-LIN-002", Needs: needs{counting}, Says: "Concurrent increments and gets of a counter MUST be linearizable.",
			Why: "every increment is seen by all that follow", Check: check(func(k *kit) {
				k.set("n", 0, Default())
				linear.Check(k.Probe, counterModel(), func(i, n int) (any, func() any) {
					if (i+n)%3 == 0 {
						return int64(0), func() any {
							v, _, err := k.c.Get(k.ctx, "n")
							return linear.Outcome(v, err)
						}
					}
					return int64(i + 1), func() any {
						v, err := k.c.(Counter).Incr(k.ctx, "n", int64(i+1))
						return linear.Outcome(v, err)
					}
				})
			})},
		{ID: "CACHE-LIN-003", Profile: "strict", Needs: needs{many, AtomicMany}, Says: "Concurrent calls of set_many and get_many MUST be linearizable.",
			Why: "MULTI … EXEC and MGET: R J on one server", Check: check(func(k *kit) {
				linear.Check(k.Probe, snapshotModel(), func(i, n int) (any, func() any) {
					if (i+n)%2 == 0 {
						value := int64(100*i + n)
						return value, func() any {
							return k.c.(Many).SetMany(k.ctx, map[string]any{"a": value, "b": value, "c": value}, Default())
						}
					}
					return nil, func() any {
						got, err := k.c.(Many).GetMany(k.ctx, []string{"a", "b", "c"})
						return linear.Outcome(any(got), err)
					}
				})
			})},
		{ID: "CACHE-LIN-004", Needs: needs{locking}, Says: "Concurrent acquires and releases of a lock MUST be linearizable.",
			Why: "compare and delete in one step: redis-py", Check: check(func(k *kit) {
				var mu sync.Mutex
				locks := map[int]Lock{}
				linear.Check(k.Probe, lockModel(), func(i, n int) (any, func() any) {
					mu.Lock()
					l := locks[i]
					if l == nil {
						l = k.c.(Locker).Lock("l", LockOptions{Timeout: 10 * k.Unit(), Wait: -1})
						locks[i] = l
					}
					mu.Unlock()
					if n%2 == 0 {
						return holding{client: i, acquire: true}, func() any {
							ok, err := l.Acquire(k.ctx)
							return linear.Outcome(ok, err)
						}
					}
					return holding{client: i}, func() any {
						err := l.Release(k.ctx)
						if errors.Is(err, ErrNotOwned) {
							return false
						}
						return linear.Outcome(true, err)
					}
				})
			})},
		{ID: "CACHE-LIN-005", Needs: needs{counting}, Says: "Increments under lost replies MUST be linearizable: an unknown one counts once or never.",
			Why: "a retry after a lost reply counts twice", Check: check(func(k *kit) {
				faults := k.Faults()
				k.set("n", 0, Default())
				k.incr("n", 0).is(0)
				linear.Check(k.Probe, counterModel(), func(i, n int) (any, func() any) {
					if n%4 == 1 {
						faults.DropReply()
					}
					return int64(i + 1), func() any {
						v, err := k.c.(Counter).Incr(k.ctx, "n", int64(i+1))
						return linear.Outcome(v, err)
					}
				})
				faults.Heal()
			})},
	}
}

// A register is a call on one key.
type register struct {
	op    string
	value int64
}

// nothing is the state of an absent key.
const nothing = "nothing"

func registerModel() porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{any(nothing)} },
		Step: func(state, input, output any) []any {
			in := input.(register)
			there := state != any(nothing)
			after, says := state, any(nil)
			switch in.op {
			case "set":
				after = in.value
			case "add":
				if says = !there; !there {
					after = in.value
				}
			case "delete":
				after, says = nothing, there
			case "get":
				says = state
			}
			return linear.Judged(state, after, says, output)
		},
	}
}

func counterModel() porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{int64(0)} },
		Step: func(state, input, output any) []any {
			sum := state.(int64) + input.(int64)
			return linear.Judged(state, sum, sum, output)
		},
	}
}

func snapshotModel() porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{any(nothing)} },
		Step: func(state, input, output any) []any {
			if input != nil {
				return linear.Judged(state, input, nil, output)
			}
			if output == (linear.Unknown{}) {
				return []any{state}
			}
			want := map[string]any{}
			if state != any(nothing) {
				want = map[string]any{"a": state, "b": state, "c": state}
			}
			if got, ok := output.(map[string]any); ok && maps.EqualFunc(want, got, same) {
				return []any{state}
			}
			return nil
		},
		Equal: func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) },
	}
}

// A holding is a call on a lock.
type holding struct {
	client  int
	acquire bool
}

func lockModel() porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{-1} },
		Step: func(state, input, output any) []any {
			in, holder := input.(holding), state.(int)
			if in.acquire {
				if holder < 0 {
					return linear.Judged(state, in.client, true, output)
				}
				return linear.Judged(state, state, false, output)
			}
			if holder == in.client {
				return linear.Judged(state, -1, true, output)
			}
			return linear.Judged(state, state, false, output)
		},
	}
}
