package tasktest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
)

// listApp is an app of single tasks: a list of those that wait, which Work runs
// one after the other. It has the five methods of the port.
type listApp struct {
	now      func() time.Time
	acts     map[string]tasktest.Act
	waiting  []waiting
	outcomes map[string]tasktest.Outcome
	runs     []tasktest.Run
	sent     int
}

// waiting is a message: its arguments are text, as on the way to another process.
type waiting struct {
	tasktest.Call
	text []byte
	due  time.Time
}

var errCanvas = errors.New("this app knows single tasks only")

func (a *listApp) Define(task string, act tasktest.Act) error {
	a.acts[task] = act
	return nil
}

func (a *listApp) Send(_ context.Context, c tasktest.Call) (tasktest.Sent, error) {
	if c.Kind != tasktest.Single {
		return tasktest.Sent{}, errCanvas
	}
	text, err := json.Marshal(c.Args)
	if err != nil {
		return tasktest.Sent{}, fmt.Errorf("%w: %w", tasktest.ErrSerialize, err)
	}
	if a.sent++; c.ID == "" {
		c.ID = "task" + strconv.Itoa(a.sent)
	}
	a.waiting = append(a.waiting, waiting{c, text, a.now().Add(c.Countdown)})
	return tasktest.Sent{ID: c.ID}, nil
}

func (a *listApp) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		ready := slices.IndexFunc(a.waiting, func(w waiting) bool { return !w.due.After(a.now()) })
		if ready < 0 {
			return nil
		}
		next := a.waiting[ready]
		a.waiting = slices.Delete(a.waiting, ready, ready+1)
		a.run(next)
	}
	return ctx.Err()
}

func (a *listApp) run(w waiting) {
	numbers := json.NewDecoder(bytes.NewReader(w.text))
	numbers.UseNumber()
	var args []any
	_ = numbers.Decode(&args) // Send wrote it
	for i, v := range args {
		if n, is := v.(json.Number); is {
			args[i], _ = n.Int64()
		}
	}
	end := tasktest.Outcome{TaskID: w.ID, Status: resulttest.Success, Done: a.now()}
	act, known := a.acts[w.Task]
	if known {
		a.runs = append(a.runs, tasktest.Run{Task: w.Task, ID: w.ID, Args: args, Kwargs: w.Kwargs, Queue: "celery", Root: w.ID, At: a.now()})
	}
	switch {
	case !known:
		end.Status, end.Error = resulttest.Failed, &resulttest.Failure{Type: "NotRegistered", Module: "celery.exceptions", Args: []any{w.Task}}
	case act.Do == tasktest.Fail:
		end.Status, end.Error = resulttest.Failed, &resulttest.Failure{Type: "ValueError", Module: "builtins", Args: []any{"bad", int64(42)}}
	case act.Do == tasktest.Echo:
		end.Value = args
	case act.Do == tasktest.Sum:
		var sum int64
		for _, v := range args {
			n, _ := v.(int64)
			sum += n
		}
		end.Value = sum
	}
	if !w.IgnoreResult && !act.IgnoreResult {
		a.outcomes[w.ID] = end
	}
}

func (a *listApp) Outcome(_ context.Context, id string) (tasktest.Outcome, error) {
	if o, done := a.outcomes[id]; done {
		return o, nil
	}
	return tasktest.Outcome{TaskID: id, Status: resulttest.Pending}, nil
}

func (a *listApp) Runs(context.Context) ([]tasktest.Run, error) { return a.runs, nil }

func listSubject() tasktest.Subject {
	return tasktest.Subject{
		Name:   "tasks in a list",
		Claims: []conformance.Capability{tasktest.Waits}, // nothing runs before Work
		New: func(tb conformance.TB) tasktest.App {
			clock := &conformance.Manual{} // nobody sleeps: checks move this clock
			tb.Equip(conformance.Equipment{Clock: clock})
			return &listApp{now: clock.Now, acts: map[string]tasktest.Act{}, outcomes: map[string]tasktest.Outcome{}}
		},
	}
}

// An app with tasks and nothing else, judged. It runs them and waits for their
// times, but of the errors that it stores the traceback is missing, and it knows
// no chains. In a test
//
//	func TestListApp(t *testing.T) { tasktest.Test(t, listSubject()) }
//
// does the same in a subtest per requirement, and those fail. What needs a
// capability that the app lacks is skipped.
func ExampleCheck() {
	report := tasktest.Check(context.Background(), listSubject())
	for _, r := range report.Results {
		switch r.ID {
		case "TASK-ARG-001", "TASK-RES-002", "TASK-RES-004", "TASK-TIM-001", "TASK-CAN-001", "TASK-RTE-009":
			fmt.Println(r.ID, r.Status)
		}
	}
	// Output:
	// TASK-ARG-001 pass
	// TASK-RES-002 fail
	// TASK-RES-004 pass
	// TASK-TIM-001 pass
	// TASK-CAN-001 fail
	// TASK-RTE-009 skip
}
