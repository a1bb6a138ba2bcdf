package tasktest

func (k *kit) depth(queue string) []string {
	k.Helper()
	all, err := k.a.(Queues).Messages(k.Context(), queue)
	if err != nil {
		k.Fatalf("Messages(%q) failed: %v, want no error", queue, err)
	}
	return all
}

func routeRows() []row {
	return []row{
		{ID: "TASK-RTE-001", Says: "A task MUST go to the queue celery, or to that which its sender names.",
			Why: "task_default_queue; always-eager takes any name for good", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo", "named")
				c.Queue = "mail"
				k.do(call("echo", "plain"))
				k.do(c)
				runs := k.ran("echo", 2)
				if runs[0].Queue != "celery" || runs[1].Queue != "mail" {
					k.Errorf("the tasks were taken from %q and %q, want celery and mail", runs[0].Queue, runs[1].Queue)
				}
			})},
		{ID: "TASK-RTE-002", Needs: needs{settings}, Says: "A task with a route MUST go to its queue, unless its sender names another.",
			Why: "task_routes", Check: check(func(k *kit) {
				k = k.open(Settings{Routes: map[string]string{"echo": "mail"}})
				k.arithmetic()
				c := call("echo")
				c.Queue = "celery"
				k.do(call("echo"))
				k.do(c)
				runs := k.ran("echo", 2)
				if runs[0].Queue != "mail" || runs[1].Queue != "celery" {
					k.Errorf("the tasks were taken from %q and %q, want mail and celery", runs[0].Queue, runs[1].Queue)
				}
			})},
		{ID: "TASK-RTE-003", Needs: needs{settings}, Says: "Sending to a queue that is not among the known ones MUST fail, and send nothing.",
			Why: "task_create_missing_queues=False; always-eager runs it", Check: check(func(k *kit) {
				k = k.open(Settings{KnownQueues: []string{"celery", "mail"}})
				k.arithmetic()
				bad := call("echo")
				bad.Queue = "mial"
				k.fails(bad, ErrUnknownQueue)
				k.fails(group(call("echo"), bad), ErrUnknownQueue)
				k.work()
				k.ran("", 0)
			})},
		{ID: "TASK-RTE-004", Profile: "strict", Says: "Sending to an exchange that leads to no queue MUST fail.",
			Why: "kombu drops it silently", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.Exchange = "nowhere"
				k.fails(c, ErrUnroutable)
			})},
		{ID: "TASK-RTE-005", Needs: needs{Waits}, Says: "Tasks of one priority MUST run in the order they were sent, and those of a more urgent one before.",
			Why: "0 is the most urgent on Redis", Check: check(func(k *kit) {
				k.arithmetic()
				for i, p := range []int{9, 3, 0, 9, 0} {
					c := call("echo", i)
					c.Priority = &p
					k.send(c)
				}
				k.work()
				for i, run := range k.ran("echo", 5) {
					if want := []int64{2, 4, 1, 0, 3}[i]; run.Args[0] != want {
						k.Errorf("run %d is that of call %v, want %d", i, run.Args, want)
					}
				}
			})},
		{ID: "TASK-RTE-006", Needs: needs{Waits}, Says: "A task MUST NOT run before workers do: what is sent in a transaction waits.",
			Why: "always-eager hides what runs before a commit", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.send(call("sum", 1, 2))
				k.ran("sum", 0)
				k.work()
				k.gives(s.ID, 3)
			})},
		{ID: "TASK-RTE-007", Needs: needs{Inline}, Says: "An inline mode MUST have run the task, and what that sends, when Send returns.",
			Why: "task_always_eager", Check: check(func(k *kit) {
				k.arithmetic()
				k.gives(k.send(chain(call("sum", 1, 1), call("sum", 1))).ID, 3)
			})},
		{ID: "TASK-RTE-008", Needs: needs{Inline, settings}, Says: "An inline mode MUST return the error of the task from Send if it is told to, and store it either way.",
			Why: "task_eager_propagates", Check: check(func(k *kit) {
				for _, propagate := range []bool{false, true} {
					k := k.open(Settings{Propagate: propagate})
					k.arithmetic()
					c := call("fail")
					c.ID = "a"
					if _, err := k.try(c); (err != nil) != propagate {
						k.Errorf("Send(%s) with propagates %t = %v", c, propagate, err)
					}
					k.failed("a", "ValueError", "bad")
				}
			})},
		{ID: "TASK-RTE-009", Needs: needs{Parks, queues}, Says: "A task for later MUST NOT stay in its queue, where it would hold up others.",
			Why: "Celery's workers swallow all of them", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.Countdown = k.Unit()
				k.do(c)
				if left := k.depth("celery"); len(left) != 0 {
					k.Errorf("the queue holds %q, want nothing", left)
				}
				k.later(2 * k.Unit())
				k.ran("echo", 1)
			})},
	}
}
