package brokertest

import (
	"fmt"

	"github.com/redkit-dev/redkit/conformance/internal/steps"
)

// exhumeRows are about what becomes of the dead when somebody has looked at them.
func exhumeRows() []row {
	return []row{
		{ID: "BROKER-DEA-010", Needs: needs{burying, exhuming}, Says: "Messages that are revived MUST be ready behind what waits, with their priorities and in the order given, and be dead no more.",
			Why: "the bug is mended, the tasks are to run", Check: check(func(k *kit) {
				k.publish(ranked("q", 0, "a"), ranked("q", 9, "late"), ranked("q", 0, "b"), ranked("q", 0, "c"))
				all := k.died("q", "a", "b", "c", "late")
				k.send("q", "x")
				k.revive(all["late"], all["b"], all["a"]).is(3)
				k.buried(all["c"].Raw)
				k.consumer("v", "q").gets("x", "b", "a", "late")
			})},
		{ID: "BROKER-DEA-011", Needs: needs{burying, exhuming}, Says: "What is dropped from the dead MUST be gone for good, and no other with it.",
			Why: "one looked at it, and needs it no more", Check: check(func(k *kit) {
				k.send("q", "a", "b", "c")
				all := k.died("q", "a", "b", "c")
				k.drop(all["b"]).is(1)
				k.buried(all["c"].Raw, all["a"].Raw)
				k.depth("q").is(0)
			})},
		{ID: "BROKER-DEA-012", Needs: needs{burying, exhuming}, Says: "To revive or drop what is no longer among the dead MUST change nothing, and tell how many were.",
			Why: "two people look at the same list", Check: check(func(k *kit) {
				k.send("q", "a", "b")
				all := k.died("q", "a", "b")
				k.revive(all["a"]).is(1)
				k.revive(all["a"]).is(0)
				k.drop(all["a"]).is(0)
				k.revive(all["a"], all["b"]).is(1)
				k.buried()
				k.consumer("v", "q").gets("a", "b")
			})},
		{ID: "BROKER-DEA-013", Needs: needs{burying, exhuming}, Says: "The deliveries of a message before it died MUST NOT be counted when it is revived, but for the one that its flag tells of.",
			Why: "otherwise it dies again of what was mended", Check: check(func(k *kit) {
				k.send("q", "a")
				c := k.consumer("w", "q")
				ds := c.gets("a")
				for range 4 {
					c.requeue(ds...).ok()
					ds = c.gets("a!")
				}
				k.bury(ds[0], "reason").ok()
				k.revive(k.buried(nil)...).is(1)
				if d := c.take(1)[0]; d.Count > 2 {
					k.Errorf("the message has been delivered %d times, want 2 at most", d.Count)
				}
			})},
		{ID: "BROKER-DEA-014", Profile: "strict", Needs: needs{burying, opening, Configurable}, Says: "Of the dead the latest MUST be kept, as many as the settings allow.",
			Why: "a list that grows for ever fills the server", Check: check(func(k *kit) {
				k = k.open("other", Settings{MaxDead: 2})
				k.send("q", "a", "b", "c")
				c := k.consumer("w", "q")
				for i, d := range c.gets("a", "b", "c") {
					k.bury(d, fmt.Sprint("reason ", i)).ok()
				}
				if dead := k.buried(nil, nil); len(dead) == 2 && (dead[0].Reason != "reason 2" || dead[1].Reason != "reason 1") {
					k.Errorf("the reasons are %q and %q, want reason 2 and reason 1", dead[0].Reason, dead[1].Reason)
				}
			})},
		{ID: "BROKER-DEA-015", Profile: "strict", Needs: needs{burying, exhuming}, Says: "A revival spoiled at any step MUST leave the message once: dead, or ready.",
			Why: "the last copy of it", Check: check(func(k *kit) {
				dead := 0
				var one Dead
				steps.Each(k.Probe, func(q string) {
					k.send(q, "m")
					one = k.died(q, "m")["m"]
				}, func(string) error {
					_, err := k.b.(Exhumer).Revive(k.ctx, one)
					return err
				}, func(t steps.Trial) {
					all, _ := k.dead(0).ok().value.([]Dead)
					ready, _ := k.depth(t.Name).ok().value.(int)
					if n := ready + len(all) - dead; n != 1 {
						k.Errorf("%v, and the message is there %d times, want once", t, n)
					}
					dead = len(all)
				})
			})},
	}
}

// died are messages of a queue, buried in the order given, by their texts.
func (k *kit) died(queue string, texts ...string) map[string]Dead {
	k.Helper()
	before := len(k.dead(0).ok().value.([]Dead))
	for _, d := range k.consumer("w", queue).gets(texts...) {
		k.bury(d, "reason").ok()
	}
	all, _ := k.dead(0).ok().value.([]Dead)
	if len(all) != before+len(texts) {
		k.Fatalf("there are %d dead, want %d", len(all), before+len(texts))
	}
	found := map[string]Dead{}
	for i, text := range texts {
		found[text] = all[len(texts)-1-i]
	}
	return found
}

func (k *kit) revive(dead ...Dead) outcome {
	return k.did("Revive", len(dead)).got(k.b.(Exhumer).Revive(k.ctx, dead...))
}

func (k *kit) drop(dead ...Dead) outcome {
	return k.did("Drop", len(dead)).got(k.b.(Exhumer).Drop(k.ctx, dead...))
}
