package resulttest

func stateRows() []row {
	after := func(first Document, then ...Document) func(*kit) {
		return func(k *kit) {
			for _, d := range then {
				id := first.Status + "-" + d.Status
				first.TaskID, d.TaskID = id, id
				k.store(first)
				k.store(d)
				k.get(id).is(d)
			}
		}
	}
	errored := func(status string) Document {
		d := Document{Status: status, Error: raised("RuntimeError", "try 0"), Traceback: "Traceback\n"}
		if ready(status) {
			d.Done = done
		}
		return d
	}
	custom := Document{Status: "PROGRESS", Value: map[string]any{"done": int64(3)}}
	started := Document{Status: Started, Value: map[string]any{"pid": int64(1), "hostname": "w1@host"}}
	return []row{
		{ID: "RESULT-STA-001", Says: "A success MUST stay, whatever is stored for the task after it.",
			Why: "S: _set_with_state stops at SUCCESS; C52 C56", Check: check(func(k *kit) {
				for _, d := range []Document{errored(Failed), errored(Retry), errored(Revoked), started, custom} {
					d.TaskID = d.Status
					k.store(succeeded(d.TaskID, 5))
					k.store(d)
					k.get(d.TaskID).is(succeeded(d.TaskID, 5))
				}
			})},
		{ID: "RESULT-STA-002", Says: "Of two successes of a task the first MUST stay.",
			Why: "S: a redelivered task runs again; what was read stays true", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.store(succeeded("a", 2))
				k.get("a").is(succeeded("a", 1))
			})},
		{ID: "RESULT-STA-003", Says: "A failure and a revocation MUST give way to what is stored after them.",
			Why: "S: only SUCCESS stays; a redelivered task may yet succeed", Check: check(func(k *kit) {
				after(errored(Failed), succeeded("", 1), errored(Retry), errored(Revoked), started)(k)
				after(errored(Revoked), succeeded("", 1), errored(Failed), started)(k)
			})},
		{ID: "RESULT-STA-004", Says: "A state that is not final MUST give way to what is stored after it.",
			Why: "C52 C56: STARTED, RETRY, then the end", Check: check(func(k *kit) {
				after(started, errored(Retry), succeeded("", 1))(k)
				after(errored(Retry), started, errored(Failed))(k)
				after(custom, errored(Revoked), succeeded("", 1))(k)
			})},
		{ID: "RESULT-STA-005", Says: "A state of an application's own MUST come back with its meta.",
			Why: "update_state(state=…, meta=…)", Check: check(func(k *kit) {
				d := custom
				d.TaskID = "a"
				k.store(d)
				k.get("a").is(d)
			})},
		{ID: "RESULT-STA-006", Says: "A task that is not done MUST have no time of its end.",
			Why: "C52 C56: date_done is null unless READY", Check: check(func(k *kit) {
				for _, d := range []Document{started, errored(Retry), custom} {
					d.TaskID = d.Status
					k.store(d)
					k.get(d.TaskID).is(d)
				}
			})},
		{ID: "RESULT-STA-007", Says: "A retry, a failure and a revocation MUST come back with their errors and tracebacks.",
			Why: "S: EXCEPTION_STATES", Check: check(func(k *kit) {
				for _, status := range []string{Retry, Failed, Revoked} {
					d := errored(status)
					d.TaskID = status
					k.store(d)
					k.get(status).is(d)
				}
			})},
	}
}
