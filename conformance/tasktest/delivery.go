package tasktest

import (
	"strings"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

func deliveryRows() []row {
	disturb := func(k *kit, twice, loseAcks bool) {
		k.Call("Disturb(twice %t, lose acks %t)", twice, loseAcks)
		k.a.(Disturber).Disturb(twice, loseAcks)
	}
	return []row{
		{ID: "TASK-DLV-001", Needs: needs{disturbing}, Says: "A task that is acknowledged late and whose acknowledgement is lost MUST run again, flagged as redelivered.",
			Why: "acks_late; the flag: kombu#1484", Check: check(func(k *kit) {
				k.define("late", Act{Do: Echo, AcksLate: true, IgnoreResult: true})
				disturb(k, false, true)
				k.do(call("late"))
				runs := k.ran("late", 2)
				if runs[0].Redelivered || !runs[1].Redelivered || runs[0].ID != runs[1].ID {
					k.Errorf("the runs are redelivered: %t, %t, with the ids %q and %q, want false, true and one id", runs[0].Redelivered, runs[1].Redelivered, runs[0].ID, runs[1].ID)
				}
			})},
		{ID: "TASK-DLV-002", Needs: needs{disturbing}, Says: "A task that is acknowledged early MUST NOT run again.",
			Why: "acks_late=False: at most once", Check: check(func(k *kit) {
				k.define("early", Act{Do: Echo})
				disturb(k, false, true)
				k.do(call("early"))
				k.ran("early", 1)
			})},
		{ID: "TASK-DLV-003", Profile: "strict", Needs: needs{disturbing}, Says: "A redelivered task whose success is stored MUST NOT run again.",
			Why: "a worker that died between storing and acknowledging has done the work", Check: check(func(k *kit) {
				k.define("late", Act{Do: Echo, AcksLate: true})
				disturb(k, false, true)
				s := k.do(call("late", 1))
				k.ran("late", 1)
				k.gives(s.ID, list(int64(1)))
			})},
		{ID: "TASK-DLV-004", Profile: "strict", Needs: needs{disturbing}, Says: "A chord whose parts are delivered twice MUST run its body once, with one result of each.",
			Why: "Celery's body got [0, 0', 1] of three", Check: check(func(k *kit) {
				k.arithmetic()
				disturb(k, true, false)
				k.do(chord([]Call{call("sum", 1), call("sum", 2), call("sum", 3)}, call("echo")))
				sent := map[string]bool{}
				for _, run := range k.runs("echo") {
					sent[run.ID] = true
					if len(run.Args) != 1 || !sameList(run.Args[0], 1, 2, 3) {
						k.Errorf("the body got %v, want [[1 2 3]]", run.Args)
					}
				}
				if len(sent) != 1 {
					k.Errorf("%d bodies were sent, want 1", len(sent))
				}
			})},
		{ID: "TASK-DLV-005", Needs: needs{Buries, queues}, Says: "A rejected message MUST be put aside with its reason, and its task not run again.",
			Why: "Reject(requeue=False); kombu drops it", Check: check(func(k *kit) {
				k.define("reject", Act{Do: Reject, AcksLate: true})
				k.do(call("reject"))
				k.work()
				k.ran("reject", 1)
				k.dead("reject")
			})},
		{ID: "TASK-DLV-006", Says: "A message that is given back MUST be delivered again, flagged as redelivered.",
			Why: "Reject(requeue=True)", Check: check(func(k *kit) {
				k.define("requeue", Act{Do: Requeue, Times: 2, AcksLate: true})
				s := k.do(call("requeue"))
				for i, run := range k.ran("requeue", 3) {
					if run.Redelivered != (i > 0) || run.ID != s.ID {
						k.Errorf("run %d is redelivered: %t, want %t", i, run.Redelivered, i > 0)
					}
				}
				k.in(s.ID, resulttest.Success)
			})},
		{ID: "TASK-DLV-007", Needs: needs{queues, Buries}, Says: "A message that is no task MUST be put aside with the reason, and keep no other from running.",
			Why: "seven kinds of them end a Celery worker", Check: check(func(k *kit) {
				k.arithmetic()
				for _, text := range []string{"no json", "{}", "[1]", `{"body": "!", "properties": {"delivery_tag": "t", "delivery_info": {"exchange": "", "routing_key": "celery"}, "body_encoding": "base64"}, "headers": {"task": "echo", "id": "x"}, "content-type": "application/json", "content-encoding": "utf-8"}`} {
					k.put("celery", text)
				}
				s := k.do(call("sum", 1, 2))
				k.gives(s.ID, 3)
				reasons, err := k.a.(Queues).Dead(k.Context())
				if err != nil || len(reasons) != 4 || strings.Contains(strings.Join(reasons, "\n"), "\n\n") {
					k.Errorf("put aside were %q, %v, want 4 messages", reasons, err)
				}
			})},
		{ID: "TASK-DLV-008", Needs: needs{revoking}, Says: "A task that is revoked before it runs MUST be REVOKED and not run.",
			Why: "C52 C56: control.revoke; always-eager revokes after the fact", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo")
				c.ID, c.Countdown = "a", k.Unit()
				k.do(c)
				k.revoke("a")
				k.later(2 * k.Unit())
				k.ran("echo", 0)
				o := k.outcome("a")
				if o.Status != resulttest.Revoked || o.Error == nil || o.Error.Type != "TaskRevokedError" {
					k.Errorf("the task came to %s, want REVOKED with TaskRevokedError", shown(o))
				}
			})},
		{ID: "TASK-DLV-009", Needs: needs{revoking}, Says: "A revocation MUST leave every other task, and a result that is there.",
			Why: "SUCCESS stays", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(call("sum", 1, 2))
				k.revoke(s.ID)
				k.gives(s.ID, 3)
				k.gives(k.do(call("sum", 2, 2)).ID, 4)
			})},
		{ID: "TASK-DLV-010", Profile: "strict", Needs: needs{Buries, queues}, Says: "A rejected task MUST fail with the reason, and a chord that it is part of with it.",
			Why: "C52 C56 leave it PENDING: whoever waits for it waits for good", Check: check(func(k *kit) {
				k.arithmetic()
				k.define("reject", Act{Do: Reject, AcksLate: true})
				part := call("reject")
				part.ID = "part"
				s := k.do(chord([]Call{call("sum", 1), part}, call("echo")))
				k.failed("part", "Reject", "unwanted")
				k.failed(s.ID, "ChordError", "Dependency part")
				k.ran("echo", 0)
			})},
	}
}

func (k *kit) revoke(id string) {
	k.Helper()
	k.Call("Revoke(%q)", id)
	if err := k.a.(Revoker).Revoke(k.Context(), id); err != nil {
		k.Fatalf("Revoke(%q) failed: %v, want no error", id, err)
	}
}

func (k *kit) put(queue, message string) {
	k.Helper()
	k.Call("Put(%q, %s)", queue, message)
	if err := k.a.(Queues).Put(k.Context(), queue, message); err != nil {
		k.Fatalf("Put(%q, %s) failed: %v, want no error", queue, message, err)
	}
}

// dead wants one message put aside, with a reason that says something.
func (k *kit) dead(says string) {
	k.Helper()
	reasons, err := k.a.(Queues).Dead(k.Context())
	if err != nil || len(reasons) != 1 || !strings.Contains(reasons[0], says) {
		k.Errorf("put aside were %q, %v, want one message for a reason that says %q", reasons, err, says)
	}
}

// sameList reports whether v is the list of some integers.
func sameList(v any, want ...int64) bool {
	items, ok := v.([]any)
	if !ok || len(items) != len(want) {
		return false
	}
	for i, n := range want {
		if items[i] != n {
			return false
		}
	}
	return true
}
