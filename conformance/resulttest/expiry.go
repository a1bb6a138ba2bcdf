package resulttest

import (
	"slices"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// day is Celery's default of result_expires.
const day = 24 * time.Hour

// until wants a task's result before a deadline and none after.
func (k *kit) until(d *conformance.Deadline, id string) {
	k.Helper()
	d.Before()
	if f := k.get(id); f.d.Status == Pending && d.Early() {
		k.Errorf("%s is PENDING before its expiry", f.call)
	}
	d.After()
	k.get(id).in(Pending)
}

func expiryRows() []row {
	return []row{
		{ID: "RESULT-EXP-001", Says: "A result MUST be kept for a day, and no longer, unless it is set otherwise.",
			Why: "result_expires: 86,400 s", Check: check(func(k *kit) {
				d := k.Deadline(day)
				k.store(succeeded("a", 1))
				k.until(d, "a")
			})},
		{ID: "RESULT-EXP-002", Needs: needs{settings}, Says: "A result MUST be kept for as long as it is set.",
			Why: "result_expires", Check: check(func(k *kit) {
				other := k.open("other", Settings{Expires: k.Unit()})
				d := k.Deadline(k.Unit())
				other.store(succeeded("a", 1))
				other.until(d, "a")
			})},
		{ID: "RESULT-EXP-003", Needs: needs{settings}, Says: "A result MUST be kept for good if it is set so.",
			Why: "result_expires=None: a plain SET", Check: check(func(k *kit) {
				other := k.open("other", Settings{Expires: -1})
				other.store(succeeded("a", 1))
				k.Advance(100 * day)
				other.get("a").is(succeeded("a", 1))
			})},
		{ID: "RESULT-EXP-004", Says: "A result that replaces another MUST be kept for its own time.",
			Why: "C52 C56: SETEX each time", Check: check(func(k *kit) {
				k.store(failed("a", "x"))
				k.Advance(day / 2)
				d := k.Deadline(day)
				k.store(failed("a", "y"))
				k.until(d, "a")
			})},
		{ID: "RESULT-EXP-005", Says: "What is stored after a success MUST leave the expiry of the success as it is.",
			Why: "S: nothing is written", Check: check(func(k *kit) {
				d := k.Deadline(day)
				k.store(succeeded("a", 1))
				k.Advance(day / 2)
				k.store(failed("a", "late"))
				k.Advance(day/2 + k.Margin())
				_ = d
				k.get("a").in(Pending)
			})},
		{ID: "RESULT-EXP-006", Says: "After a success has expired a new result of the task MUST be stored.",
			Why: "no key: nothing stays", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.Advance(day + k.Margin())
				k.store(failed("a", "again"))
				k.get("a").is(failed("a", "again"))
			})},
		{ID: "RESULT-EXP-007", Needs: needs{groups}, Says: "A saved group MUST expire.",
			Why: "C52 C56: SETEX", Check: check(func(k *kit) {
				g := Child{ID: "g", Group: []Child{{ID: "a"}}}
				k.saveGroup(g)
				k.Advance(day / 2)
				k.group("g", &g)
				k.Advance(day/2 + k.Margin())
				k.group("g", nil)
			})},
		{ID: "RESULT-EXP-008", Needs: needs{chords}, Says: "A chord that is never completed MUST expire, its size and its parts.",
			Why: "C52 C56: EXPIRE .j .t .s", Check: check(func(k *kit) {
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				k.Advance(day + k.Margin())
				k.part("g", piece(1, "b", 2)).waits()
				k.part("g", piece(2, "c", 2)).waits()
				k.size("g", 3)
				k.part("g", piece(3, "d", 2)).completes(piece(1, "b", 2), piece(2, "c", 2), piece(3, "d", 2))
			})},
		{ID: "RESULT-EXP-009", Needs: needs{inspecting, chords, groups}, Says: "Every key MUST have a time to live, that of the settings.",
			Why: "keys without one fill the server", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.saveGroup(Child{ID: "g", Group: []Child{{ID: "a"}}})
				k.size("g", 2)
				k.part("g", piece(0, "a", 1))
				keys, err := k.inspector().StoredKeys(k.ctx)
				slices.Sort(keys)
				if want := []string{"celery-task-meta-a", "celery-taskset-meta-g", "celery-taskset-meta-g.j", "celery-taskset-meta-g.s"}; err != nil || !slices.Equal(keys, want) {
					k.Errorf("the store has the keys %q, %v, want %q", keys, err, want)
				}
				for _, key := range keys {
					k.lives(key, day)
				}
			})},
	}
}
