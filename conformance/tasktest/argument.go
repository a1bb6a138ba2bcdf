package tasktest

import (
	"math"
	"math/big"

	"github.com/redkit-dev/redkit/conformance/internal/value"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

func argumentRows() []row {
	return []row{
		{ID: "TASK-ARG-001", Says: "A task MUST run once, with the arguments it was sent with.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("echo", 1, "two", nil)
				c.Kwargs = map[string]any{"k": []any{true}}
				s := k.do(c)
				run := k.ran("echo", 1)[0]
				if !value.Same(run.Args, list(int64(1), "two", nil)) || !value.Same(run.Kwargs, c.Kwargs) || run.ID != s.ID {
					k.Errorf("the handler got %s, %s as task %s, want %s, %s as %s", value.Show(run.Args), value.Show(run.Kwargs), run.ID, value.Show(c.Args), value.Show(c.Kwargs), s.ID)
				}
				k.gives(s.ID, list(int64(1), "two", nil))
			})},
		{ID: "TASK-ARG-002", Says: "Arguments MUST arrive in their types: integers of any size, floats, NaN, texts of any script, lists and maps.",
			Why: "Python's json in both directions", Check: check(func(k *kit) {
				k.arithmetic()
				huge := new(big.Int).Lsh(big.NewInt(1), 70)
				args := list(nil, true, int64(1)<<53+1, huge, 2.0, math.NaN(), math.Inf(-1), "", "5", "é🔑\u2028", "a\x00b", list(), map[string]any{"k": list(int64(1), map[string]any{})})
				s := k.do(Call{Task: "echo", Args: args})
				if run := k.ran("echo", 1)[0]; !value.Same(run.Args, args) {
					k.Errorf("the handler got %s, want %s", value.Show(run.Args), value.Show(args))
				}
				k.gives(s.ID, args)
			})},
		{ID: "TASK-ARG-003", Says: "A call with an argument that cannot be serialized MUST fail, and send nothing.",
			Why: "always-eager: celery#4008; C56: EncodeError at the call", Check: check(func(k *kit) {
				k.arithmetic()
				k.fails(Call{Task: "echo", Args: list(make(chan int))}, ErrSerialize)
				k.fails(group(call("echo", 1), Call{Task: "echo", Args: list(make(chan int))}), ErrSerialize)
				k.fails(chain(call("echo", 1), Call{Task: "echo", Args: list(make(chan int))}), ErrSerialize)
				k.work()
				k.ran("", 0)
			})},
		{ID: "TASK-ARG-004", Says: "A handler MUST get arguments of its own: what it changes of them changes nothing of the sender's.",
			Why: "always-eager hands out live objects in apply() and canvas", Check: check(func(k *kit) {
				k.define("change", Act{Do: Change})
				inner := map[string]any{"k": "v"}
				items := list(inner)
				k.do(Call{Task: "change", Args: list(items)})
				k.do(chain(Call{Task: "change", Args: list(items)}))
				k.ran("change", 2)
				if !value.Same(items, list(map[string]any{"k": "v"})) {
					k.Errorf("the sender's arguments are %s after the run, want them as they were", value.Show(items))
				}
			})},
		{ID: "TASK-ARG-005", Says: "A task MUST keep the id that its sender gives it.",
			Why: "apply_async(task_id=…)", Check: check(func(k *kit) {
				k.arithmetic()
				c := call("sum", 1, 2)
				c.ID = "mine"
				if s := k.do(c); s.ID != "mine" {
					k.Errorf("the task has the id %q, want mine", s.ID)
				}
				k.gives("mine", 3)
			})},
		{ID: "TASK-ARG-006", Says: "A task MUST know the task that sent it as its parent, and the first of them as its root.",
			Why: "C52 C56: parent_id and root_id", Check: check(func(k *kit) {
				k.arithmetic()
				inner := call("echo", 1)
				k.define("middle", Act{Do: Send, Then: &inner})
				outer := call("middle")
				k.define("outer", Act{Do: Send, Then: &outer})
				s := k.do(call("outer"))
				first, second, third := k.ran("outer", 1)[0], k.ran("middle", 1)[0], k.ran("echo", 1)[0]
				if first.Root != s.ID || first.Parent != "" || second.Root != s.ID || second.Parent != s.ID || third.Root != s.ID || third.Parent != second.ID {
					k.Errorf("roots and parents are %q %q, %q %q, %q %q", first.Root, first.Parent, second.Root, second.Parent, third.Root, third.Parent)
				}
			})},
	}
}

func resultRows() []row {
	return []row{
		{ID: "TASK-RES-001", Says: "A result that cannot be serialized MUST fail the task with EncodeError.",
			Why: "always-eager: SUCCESS; production: FAILURE: celery#4008", Check: check(func(k *kit) {
				k.define("odd", Act{Do: Odd})
				k.failed(k.do(call("odd")).ID, "EncodeError", "")
			})},
		{ID: "TASK-RES-002", Says: "An error MUST be stored with its class, module, arguments and a traceback.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				s := k.do(call("fail"))
				o := k.outcome(s.ID)
				if o.Status != resulttest.Failed || o.Error == nil || o.Error.Type != "ValueError" || o.Error.Module != "builtins" || !value.Same(o.Error.Args, list("bad", int64(42))) || o.Traceback == "" || o.Done.IsZero() {
					k.Errorf("the task came to %s, traceback %q, at %v, want FAILURE with builtins.ValueError(bad, 42), a traceback and a time", shown(o), o.Traceback, o.Done)
				}
			})},
		{ID: "TASK-RES-003", Says: "A handler that ends as nobody expects MUST fail its task, and no other.",
			Why: "a panic in a handler is the task's failure", Check: check(func(k *kit) {
				k.arithmetic()
				k.define("panic", Act{Do: Panic})
				bad := k.send(call("panic"))
				good := k.send(call("sum", 1, 2))
				k.work()
				k.in(bad.ID, resulttest.Failed)
				k.gives(good.ID, 3)
			})},
		{ID: "TASK-RES-004", Says: "A task whose result is ignored MUST run and store nothing, even if it fails.",
			Why: "ignore_result of a call or a task: C52 C56", Check: check(func(k *kit) {
				k.arithmetic()
				k.define("quiet", Act{Do: Echo, IgnoreResult: true})
				silent := call("echo")
				silent.IgnoreResult = true
				bad := call("fail")
				bad.IgnoreResult = true
				for _, c := range []Call{silent, bad, call("quiet")} {
					k.in(k.do(c).ID, resulttest.Pending)
				}
				k.ran("", 3)
			})},
		{ID: "TASK-RES-005", Says: "A task without a handler MUST fail with NotRegistered, and keep no other from running.",
			Why: "C56: FAILURE is stored, the message rejected", Check: check(func(k *kit) {
				k.arithmetic()
				bad := k.send(call("nobody.knows"))
				good := k.send(call("sum", 1, 2))
				k.work()
				k.failed(bad.ID, "NotRegistered", "nobody.knows")
				k.gives(good.ID, 3)
			})},
		{ID: "TASK-RES-006", Says: "A task that ends with Ignore MUST store nothing.",
			Why: "celery.exceptions.Ignore; always-eager says IGNORED", Check: check(func(k *kit) {
				k.define("ignore", Act{Do: Ignore})
				k.in(k.do(call("ignore")).ID, resulttest.Pending)
				k.ran("ignore", 1)
			})},
		{ID: "TASK-RES-007", Says: "The result of a task MUST name the tasks it sent as its children.",
			Why: "C52 C56: children", Check: check(func(k *kit) {
				k.arithmetic()
				inner := call("echo", 1)
				inner.ID = "inner"
				k.define("outer", Act{Do: Send, Then: &inner})
				s := k.do(call("outer"))
				if o := k.outcome(s.ID); len(o.Children) != 1 || o.Children[0].ID != "inner" {
					k.Errorf("the children are %v, want inner", o.Children)
				}
			})},
		{ID: "TASK-RES-008", Needs: needs{settings}, Says: "With result_extended a result MUST name its task, arguments, retries and queue.",
			Why: "C56", Check: check(func(k *kit) {
				k = k.open(Settings{Extended: true})
				k.arithmetic()
				s := k.do(Call{Task: "echo", Args: list(int64(1)), Kwargs: map[string]any{"k": "v"}})
				o := k.outcome(s.ID)
				want := map[string]any{"name": "echo", "args": list(int64(1)), "kwargs": map[string]any{"k": "v"}, "retries": int64(0), "queue": "celery"}
				for key, v := range want {
					if !value.Same(v, o.Extended[key]) {
						k.Errorf("%s of the result is %s, want %s", key, value.Show(o.Extended[key]), value.Show(v))
					}
				}
			})},
	}
}
