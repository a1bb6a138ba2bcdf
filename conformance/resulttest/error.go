package resulttest

import "math"

func errorRows() []row {
	same := func(f *Failure) func(*kit) {
		return func(k *kit) {
			for _, status := range []string{Retry, Revoked, Failed} {
				d := Document{TaskID: "a", Status: status, Error: f}
				if ready(status) {
					d.Done = done
				}
				k.store(d)
				k.get("a").is(d)
			}
		}
	}
	return []row{
		{ID: "RESULT-ERR-001", Says: "An error MUST come back with its class, its module and its arguments.",
			Why: "C52 C56: exc_type, exc_module, exc_message", Check: check(same(&Failure{Type: "Full", Module: "queue", Args: []any{"bad", int64(42)}}))},
		{ID: "RESULT-ERR-002", Says: "The dots of a nested class MUST be kept.",
			Why: "C56: __qualname__", Check: check(same(&Failure{Type: "Outer.Inner", Module: "app.errors", Args: []any{}}))},
		{ID: "RESULT-ERR-003", Says: "An error without arguments MUST come back without, and one that has a text in place of them with the text.",
			Why: "C56: exc_message is a list or a string", Check: check(func(k *kit) {
				same(&Failure{Type: "KeyError", Module: "builtins", Args: []any{}})(k)
				same(&Failure{Type: "KeyError", Module: "builtins", Text: "plain words"})(k)
			})},
		{ID: "RESULT-ERR-004", Says: "The arguments of an error MUST come back in their types.",
			Why: "C56: any JSON", Check: check(same(&Failure{Type: "E", Module: "m", Args: []any{nil, true, int64(1) << 60, 2.0, math.Inf(1), "5", []any{"x"}, map[string]any{"k": []any{}}}}))},
		{ID: "RESULT-ERR-005", Says: "A class that is no exception MUST be told as it is stored, and nothing of it be run.",
			Why: "os.system under exc_type would run a command", Check: check(same(&Failure{Type: "system", Module: "os", Args: []any{"echo pwned"}}))},
		{ID: "RESULT-ERR-006", Needs: needs{inspecting}, Denies: QuirkStrictErrors, Says: "A stored failure without a class MUST be read as a failure with some error.",
			Why: "C56 raises ValueError, or hands out a bare text", Check: check(func(k *kit) {
				for _, text := range []string{`"just a text"`, `{}`, `null`, `{"exc_message": ["x"]}`, `[1]`} {
					k.storeRaw("celery-task-meta-a", `{"status": "FAILURE", "result": `+text+`, "traceback": null, "children": [], "task_id": "a"}`)
					f := k.get("a")
					f.in(Failed)
					if f.d.Error == nil || f.d.Error.Type == "" {
						k.Errorf("%s of a failure stored as %s has the error %s, want one with a class", f.call, text, shownFailure(f.d.Error))
					}
				}
			})},
	}
}
