package resulttest

import (
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

func (k *kit) size(group string, n int) {
	k.Helper()
	call := k.did("SetChordSize(%q, %d)", group, n)
	verdict{k, call, k.b.(Chords).SetChordSize(k.ctx, group, n)}.ok()
}

// counted is what counting a part gave.
type counted struct {
	k    *kit
	call string
	all  []Part
}

func (k *kit) part(group string, p Part) counted {
	k.Helper()
	call := k.did("AddPart(%q, %s)", group, p)
	all, err := k.b.(Chords).AddPart(k.ctx, group, p)
	verdict{k, call, err}.ok()
	return counted{k, call, all}
}

// waits wants the chord to be incomplete.
func (c counted) waits() {
	if c.all != nil {
		c.k.Helper()
		c.k.Errorf("%s completed the chord with %v, want it to wait for more", c.call, c.all)
	}
}

// completes wants the chord to be complete, with these parts in this order.
func (c counted) completes(want ...Part) {
	if c.all == nil || !slices.EqualFunc(want, c.all, samePart) {
		c.k.Helper()
		got := "left the chord incomplete"
		if c.all != nil {
			got = fmt.Sprintf("completed the chord with %v", c.all)
		}
		c.k.Errorf("%s %s, want it complete with %v", c.call, got, want)
	}
}

// samePart compares all but the index, which nobody gives back.
func samePart(a, b Part) bool {
	return a.TaskID == b.TaskID && a.Status == b.Status && value.Same(a.Value, b.Value) && sameFailure(a.Error, b.Error)
}

// String shows a part as id: value.
func (p Part) String() string {
	if p.Error != nil {
		return p.TaskID + ": " + shownFailure(p.Error)
	}
	return p.TaskID + ": " + value.Show(p.Value)
}

// piece is a part that succeeded.
func piece(index int, id string, v any) Part {
	return Part{TaskID: id, Index: index, Status: Success, Value: value.Plain(v)}
}

func chordRows() []row {
	return []row{
		{ID: "RESULT-CHO-001", Needs: needs{chords}, Says: "The last part MUST complete a chord, with all parts in the order of the header.",
			Why: "C52 C56: a sorted set by group_index", Check: check(func(k *kit) {
				k.size("g", 3)
				a, b, c := piece(0, "zz", "x"), piece(1, "mm", nil), piece(2, "aa", []any{int64(3)})
				k.part("g", c)
				k.part("g", a)
				k.part("g", b).completes(a, b, c)
			})},
		{ID: "RESULT-CHO-002", Needs: needs{chords}, Says: "A chord MUST wait while parts are missing.",
			Why: "C52 C56: count == size", Check: check(func(k *kit) {
				k.size("g", 3)
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(2, "c", 1)).waits()
			})},
		{ID: "RESULT-CHO-003", Profile: "strict", Needs: needs{chords}, Says: "A task that is counted again MUST NOT complete a chord, whatever it returned this time.",
			Why: "a redelivered header: Celery gave the body [0, 0', 1] of three", Check: check(func(k *kit) {
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(0, "a", 2)).waits()
				k.part("g", Part{TaskID: "a", Index: 0, Status: Failed, Error: raised("ValueError", "x")}).waits()
			})},
		{ID: "RESULT-CHO-004", Needs: needs{chords}, Says: "A part whose place is unknown MUST count, after those that have one.",
			Why: "S: a score of +inf without group_index", Check: check(func(k *kit) {
				k.size("g", 2)
				lost := piece(NoIndex, "a", 1)
				k.part("g", lost).waits()
				k.part("g", piece(7, "b", 2)).completes(piece(7, "b", 2), lost)
			})},
		{ID: "RESULT-CHO-005", Needs: needs{chords}, Says: "A part that failed MUST complete a chord, and come back with its error.",
			Why: "C52 C56: the body then fails with ChordError", Check: check(func(k *kit) {
				k.size("g", 2)
				bad := Part{TaskID: "a", Index: 0, Status: Failed, Error: raised("ValueError", "x", 42)}
				k.part("g", bad).waits()
				k.part("g", piece(1, "b", 2)).completes(bad, piece(1, "b", 2))
			})},
		{ID: "RESULT-CHO-006", Needs: needs{chords}, Says: "Parts that come before the size is known MUST count.",
			Why: "celery#4207: .s written after parts finished", Check: check(func(k *kit) {
				k.part("g", piece(1, "b", 2)).waits()
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).completes(piece(0, "a", 1), piece(1, "b", 2))
			})},
		{ID: "RESULT-CHO-007", Needs: needs{chords}, Says: "Chords MUST be counted independently of each other.",
			Why: "keys by group id", Check: check(func(k *kit) {
				k.size("g", 2)
				k.size("gh", 2)
				k.part("g", piece(0, "a", 1)).waits()
				k.part("gh", piece(0, "c", 3)).waits()
				k.part("g", piece(1, "b", 2)).completes(piece(0, "a", 1), piece(1, "b", 2))
			})},
		{ID: "RESULT-CHO-008", Needs: needs{chords}, Says: "A chord that was ended MUST be forgotten.",
			Why: "C52 C56: DEL .j .t .s", Check: check(func(k *kit) {
				k.size("g", 1)
				k.part("g", piece(0, "a", 1)).completes(piece(0, "a", 1))
				call := k.did("EndChord(%q)", "g")
				verdict{k, call, k.b.(Chords).EndChord(k.ctx, "g")}.ok()
				k.part("g", piece(0, "a", 1)).waits()
				k.size("g", 2)
				k.part("g", piece(1, "b", 2)).completes(piece(0, "a", 1), piece(1, "b", 2))
			})},
		{ID: "RESULT-CHO-009", Profile: "strict", Needs: needs{chords}, Says: "The part that completed a chord MUST complete it again, until the chord is ended.",
			Why: "a worker may die before it has sent the body", Check: check(func(k *kit) {
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				for range 2 {
					k.part("g", piece(1, "b", 2)).completes(piece(0, "a", 1), piece(1, "b", 2))
				}
			})},
		{ID: "RESULT-CHO-010", Needs: needs{chords}, Says: "Counting a part MUST leave the results of tasks as they are.",
			Why: "parts of tasks with ignore_result count too: C52 C56", Check: check(func(k *kit) {
				k.store(failed("b", "first"))
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(1, "b", 2)).completes(piece(0, "a", 1), piece(1, "b", 2))
				k.get("a").in(Pending)
				k.get("b").is(failed("b", "first"))
			})},
		{ID: "RESULT-CHO-011", Needs: needs{chords}, Says: "Equal values of different tasks MUST count each.",
			Why: "the member of the sorted set has the task's id", Check: check(func(k *kit) {
				k.size("g", 3)
				k.part("g", piece(0, "a", 0)).waits()
				k.part("g", piece(1, "b", 0)).waits()
				k.part("g", piece(2, "c", 0)).completes(piece(0, "a", 0), piece(1, "b", 0), piece(2, "c", 0))
			})},
	}
}
