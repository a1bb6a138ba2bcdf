package resulttest

import (
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/conformance/internal/steps"
)

// stepChord is a chord of two of which one part has come.
func (k *kit) stepChord(group string) {
	k.Helper()
	k.size(group, 2)
	k.part(group, piece(0, group+"-a", 1)).waits()
}

// again adds the last part of a stepChord once more after a fault, and wants
// the chord complete.
func (k *kit) again(t steps.Trial) {
	k.Helper()
	k.recovered("warm")
	last := piece(1, t.Name+"-b", 2)
	all, err := k.b.(Chords).AddPart(k.ctx, t.Name, last)
	if err != nil || !slices.EqualFunc([]Part{piece(0, t.Name+"-a", 1), last}, all, samePart) {
		k.Errorf("%v, and the part that is counted again gives %v, %v, want the chord complete", t, all, err)
	}
}

func stepRows() []row {
	return []row{
		{ID: "RESULT-STP-001", Says: "A store spoiled at any step MUST leave the old result or the new one, and the new one if it succeeds.",
			Why: "a worker may be killed between any two commands", Check: check(func(k *kit) {
				steps.Each(k.Probe, func(id string) { k.store(failed(id, "old")) }, func(id string) error {
					return k.b.Store(k.ctx, succeeded(id, 1))
				}, func(t steps.Trial) {
					f := k.recovered(t.Name)
					if differ(succeeded(t.Name, 1), f.d) != "" && (t.Err == nil || differ(failed(t.Name, "old"), f.d) != "") {
						k.Errorf("%v, and %s = %s", t, f.call, shown(f.d))
					}
				})
			})},
		{ID: "RESULT-STP-002", Profile: "strict", Says: "A success that is stored between any two commands of another store MUST stay.",
			Why: "C52 C56 read, then write: a lost worker's failure replaces the success", Check: check(func(k *kit) {
				steps.Between(k.Probe, func(id string) { k.store(Document{TaskID: id, Status: Started}) }, func(id string) error {
					return k.b.Store(k.ctx, failed(id, "late"))
				}, func(id string) { k.store(succeeded(id, 1)) }, func(t steps.Trial) {
					if f := k.recovered(t.Name); differ(succeeded(t.Name, 1), f.d) != "" {
						k.Errorf("%v, and %s = %s, want the success", t, f.call, shown(f.d))
					}
				})
			})},
		{ID: "RESULT-STP-003", Profile: "strict", Needs: needs{chords}, Says: "The part that completes a chord, spoiled at any step and counted again, MUST complete it.",
			Why: "C52 C56 forget the chord before the body is known to be sent", Check: check(func(k *kit) {
				steps.Each(k.Probe, k.stepChord, func(group string) error {
					_, err := k.b.(Chords).AddPart(k.ctx, group, piece(1, group+"-b", 2))
					return err
				}, k.again)
			})},
		{ID: "RESULT-STP-004", Needs: needs{chords}, Says: "The size of a chord, spoiled at any step and set again, MUST be the one that completes it.",
			Why: "who sends a chord tries again", Check: check(func(k *kit) {
				size := func(group string) error { return k.b.(Chords).SetChordSize(k.ctx, group, 2) }
				steps.Each(k.Probe, func(group string) { k.part(group, piece(0, group+"-a", 1)).waits() }, size, func(t steps.Trial) {
					k.recovered("warm")
					verdict{k, "SetChordSize again", size(t.Name)}.ok()
					k.again(t)
				})
			})},
		{ID: "RESULT-STP-005", Needs: needs{forgetting}, Says: "A forget spoiled at any step MUST leave each result whole or none, and none if it succeeds.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				two := func(id string) []string { return []string{id + "-1", id + "-2"} }
				steps.Each(k.Probe, func(name string) {
					for _, id := range two(name) {
						k.store(succeeded(id, 1))
					}
				}, func(name string) error { return k.b.(Forgetter).Forget(k.ctx, two(name)...) }, func(t steps.Trial) {
					for _, id := range two(t.Name) {
						f := k.recovered(id)
						if f.d.Status != Pending && (t.Err == nil || differ(succeeded(id, 1), f.d) != "") {
							k.Errorf("%v, and %s = %s", t, f.call, shown(f.d))
						}
					}
				})
			})},
		{ID: "RESULT-STP-006", Needs: needs{groups}, Says: "A group whose saving is spoiled at any step MUST be there whole or not at all, and there if it succeeds.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				team := func(id string) Child { return Child{ID: id, Group: []Child{{ID: "a"}, {ID: "b"}}} }
				steps.Each(k.Probe, func(string) {}, func(id string) error { return k.b.(Groups).SaveGroup(k.ctx, team(id)) }, func(t steps.Trial) {
					k.recovered("warm")
					got, there, err := k.b.(Groups).Group(k.ctx, t.Name)
					if err != nil || there && !sameChild(team(t.Name), got) || !there && t.Err == nil {
						k.Errorf("%v, and Group = %v, %t, %v", t, got, there, err)
					}
				})
			})},
		{ID: "RESULT-STP-007", Profile: "strict", Needs: needs{chords}, Says: "A worker killed between any two commands of storing and counting MUST leave work that another can do again: the result stays, and the chord completes.",
			Why: "SIGKILL asks nobody when it suits", Check: check(func(k *kit) {
				work := func(group string) error {
					if err := k.b.Store(k.ctx, succeeded(group+"-b", 2)); err != nil {
						return err
					}
					_, err := k.b.(Chords).AddPart(k.ctx, group, piece(1, group+"-b", 2))
					return err
				}
				steps.Each(k.Probe, k.stepChord, work, func(t steps.Trial) {
					k.recovered("warm")
					k.store(succeeded(t.Name+"-b", 2))
					k.again(t)
					k.get(t.Name + "-b").is(succeeded(t.Name+"-b", 2))
					verdict{k, fmt.Sprintf("EndChord(%q)", t.Name), k.b.(Chords).EndChord(k.ctx, t.Name)}.ok()
				})
			})},
	}
}
