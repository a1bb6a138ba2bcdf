package resulttest

import "context"

func cancelRows() []row {
	return []row{
		{ID: "RESULT-CTX-001", Says: "A call whose context has ended MUST fail with the context's error, and change nothing.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.store(failed("a", "first"))
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				late := k.within(ended)
				late.try(succeeded("a", 1)).fails(context.Canceled)
				late.try(succeeded("b", 1)).fails(context.Canceled)
				_, v := late.look("a")
				v.fails(context.Canceled)
				k.get("a").is(failed("a", "first"))
				k.get("b").in(Pending)
			})},
		{ID: "RESULT-CTX-002", Needs: needs{chords}, Says: "A part whose context has ended MUST fail, and not count.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				call := k.did("AddPart(%q, %s) with an ended context", "g", piece(1, "b", 2))
				_, err := k.b.(Chords).AddPart(ended, "g", piece(1, "b", 2))
				verdict{k, call, err}.fails(context.Canceled)
				k.part("g", piece(0, "a", 1)).waits()
			})},
		{ID: "RESULT-CTX-003", Needs: needs{forgetting}, Says: "A forget whose context has ended MUST fail, and forget nothing.",
			Why: "a Go call honours its context", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				ended, cancel := context.WithCancel(k.ctx)
				cancel()
				call := k.did("Forget(%q) with an ended context", "a")
				verdict{k, call, k.b.(Forgetter).Forget(ended, "a")}.fails(context.Canceled)
				k.get("a").is(succeeded("a", 1))
			})},
	}
}
