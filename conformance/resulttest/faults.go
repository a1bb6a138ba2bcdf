package resulttest

import (
	"context"
	"time"
)

// What Redis 7 answers.
const (
	readOnly    = "READONLY You can't write against a read only replica."
	outOfMemory = "OOM command not allowed when used memory > 'maxmemory'."
	loading     = "LOADING Redis is loading the dataset in memory"
)

// recovered gets a result after a fault: the first calls may meet connections
// that broke.
func (k *kit) recovered(id string) found {
	k.Helper()
	for range 5 {
		if d, v := k.look(id); v.err == nil {
			return found{k, v.call, d}
		}
		k.breathe()
	}
	return k.get(id)
}

func faultRows() []row {
	return []row{
		{ID: "RESULT-FLT-001", Says: "While the server cannot be reached calls MUST fail as unavailable: nothing is PENDING then.",
			Why: "who takes an outage for PENDING sends the task again", Check: check(func(k *kit) {
				faults := k.Faults()
				k.store(succeeded("a", 1))
				faults.Refuse()
				defer faults.Heal()
				_, v := k.look("a")
				v.fails(ErrUnavailable)
				k.try(succeeded("b", 1)).fails(ErrUnavailable)
			})},
		{ID: "RESULT-FLT-002", Says: "Once the server can be reached again calls MUST succeed, and find what was there.",
			Why: "stale connections", Check: check(func(k *kit) {
				faults := k.Faults()
				k.store(succeeded("a", 1))
				faults.Refuse()
				_, v := k.look("a")
				v.fails(ErrUnavailable)
				faults.Heal()
				k.recovered("a").is(succeeded("a", 1))
				k.store(succeeded("b", 2))
				k.get("b").is(succeeded("b", 2))
			})},
		{ID: "RESULT-FLT-003", Says: "A store whose reply is lost MUST leave the old result or the new one, and the new one if it reports success.",
			Why: "nothing is half done", Check: check(func(k *kit) {
				faults := k.Faults()
				k.store(failed("a", "old"))
				faults.DropReply()
				v := k.try(succeeded("a", 1))
				faults.Heal()
				f := k.recovered("a")
				if differ(succeeded("a", 1), f.d) != "" && (v.err == nil || differ(failed("a", "old"), f.d) != "") {
					k.Errorf("%s after a store whose reply was lost (%v) = %s", f.call, v.err, shown(f.d))
				}
			})},
		{ID: "RESULT-FLT-004", Says: "A store that the server refuses MUST fail as unavailable and leave the old result.",
			Why: "failover and maxmemory", Check: check(func(k *kit) {
				faults := k.Faults()
				k.store(failed("a", "old"))
				for _, reply := range []string{readOnly, outOfMemory} {
					faults.Reply(reply)
					k.try(succeeded("a", 1)).fails(ErrUnavailable)
					faults.Heal()
					k.recovered("a").is(failed("a", "old"))
				}
			})},
		{ID: "RESULT-FLT-005", Says: "A get from a server that is loading MUST fail as unavailable.",
			Why: "the result is there in a moment", Check: check(func(k *kit) {
				faults := k.Faults()
				k.store(succeeded("a", 1))
				faults.Reply(loading)
				_, v := k.look("a")
				v.fails(ErrUnavailable)
				faults.Heal()
				k.recovered("a").is(succeeded("a", 1))
			})},
		{ID: "RESULT-FLT-006", Profile: "strict", Needs: needs{chords}, Says: "A part whose reply is lost and that is counted again MUST count once.",
			Why: "a worker repeats what it does not know the outcome of", Check: check(func(k *kit) {
				faults := k.Faults()
				k.size("g", 3)
				k.part("g", piece(0, "a", 1)).waits()
				faults.DropReply()
				k.Call("AddPart with a lost reply")
				if all, _ := k.b.(Chords).AddPart(k.ctx, "g", piece(1, "b", 2)); all != nil {
					k.Errorf("a part of three completed the chord with %v", all)
				}
				faults.Heal()
				k.recovered("warm")
				k.part("g", piece(1, "b", 2)).waits()
				k.part("g", piece(2, "c", 3)).completes(piece(0, "a", 1), piece(1, "b", 2), piece(2, "c", 3))
			})},
		{ID: "RESULT-FLT-007", Needs: needs{waiting}, Says: "A wait on a server that cannot be reached MUST end with its context at the latest.",
			Why: "get(timeout=…) must not outlast its timeout", Check: check(func(k *kit) {
				faults := k.Faults()
				k.get("warm").in(Pending)
				faults.Refuse()
				defer faults.Heal()
				ctx, cancel := context.WithTimeout(k.ctx, 50*time.Millisecond)
				defer cancel()
				v := k.within(ctx).wait(nil, "a")
				if got, err := v.end(); err == nil || len(got) > 0 {
					k.Errorf("%s without a server = %v, %v, want an error", v.call, got, err)
				}
			})},
	}
}
