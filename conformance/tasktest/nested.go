package tasktest

func nestedRows() []row {
	return []row{
		{ID: "TASK-CAN-020", Says: "A group that is the body of a chord MUST run all its tasks, each with the results of the header.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.do(chord([]Call{call("sum", 1, 1), call("sum", 2, 2)}, group(call("echo", "a"), call("echo", "b"), call("echo", "c"))))
				for i, run := range k.ran("echo", 3) {
					if len(run.Args) != 2 || !sameList(run.Args[0], 2, 4) || run.Args[1] != []any{"a", "b", "c"}[i] {
						k.Errorf("task %d of the body got %v, want [2 4] and its own", i, run.Args)
					}
				}
			})},
		{ID: "TASK-CAN-021", Says: "A chord that is the body of a chord, as two groups in a chain make one, MUST run all its tasks and end.",
			Why: "C52 C56: group | group | task", Check: check(func(k *kit) {
				k.arithmetic()
				header := []Call{call("sum", 1, 1), call("sum", 2, 2)}
				next := []Call{call("sum", 10), call("sum", 20)}
				k.gives(k.do(chord(header, chord(next, call("echo")))).ID, list(ints(16, 26)))
				k.gives(k.do(chain(group(header...), group(next...), call("sum"))).ID, 42)
			})},
	}
}
