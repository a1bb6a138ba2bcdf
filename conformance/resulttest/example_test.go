package resulttest_test

import (
	"context"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// mapResults is a result backend: a map, with the two methods of the port. What
// it keeps expires a day later, by the clock it is given.
type mapResults struct {
	now func() time.Time

	mu    sync.Mutex
	tasks map[string]kept
}

type kept struct {
	resulttest.Document
	until time.Time
}

func (r *mapResults) Store(ctx context.Context, d resulttest.Document) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.TaskID == "" {
		return fmt.Errorf("store a result: no task id: %w", resulttest.ErrInvalid)
	}
	own, err := copied(d.Value)
	if err != nil {
		return err
	}
	d.Value = own
	if r.live(d.TaskID).Status != resulttest.Success { // what has succeeded stays so
		r.tasks[d.TaskID] = kept{d, r.now().Add(24 * time.Hour)}
	}
	return nil
}

func (r *mapResults) Get(ctx context.Context, id string) (resulttest.Document, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live(id), ctx.Err()
}

// live is what is known of a task; the caller holds r.mu.
func (r *mapResults) live(id string) resulttest.Document {
	if d, found := r.tasks[id]; found && r.now().Before(d.until) {
		return d.Document
	}
	return resulttest.Document{TaskID: id, Status: resulttest.Pending}
}

// copied is a deep copy of plain data: what the caller changes later is not the
// result's.
func copied(v any) (_ any, err error) {
	switch v := v.(type) {
	case nil, bool, int64, *big.Int, float64, string:
		return v, nil
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], err = copied(v[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for k := range v {
			if m[k], err = copied(v[k]); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return nil, fmt.Errorf("%w: %T", resulttest.ErrSerialize, v)
}

func mapSubject() resulttest.Subject {
	return resulttest.Subject{
		Name: "results in a map",
		New: func(tb conformance.TB) resulttest.Backend {
			clock := &conformance.Manual{} // nobody sleeps: checks move this clock
			tb.Equip(conformance.Equipment{Clock: clock})
			return &mapResults{now: clock.Now, tasks: map[string]kept{}}
		},
	}
}

// A result backend in a map, judged. In a test
//
//	func TestMapResults(t *testing.T) { resulttest.Test(t, mapSubject()) }
//
// does the same in a subtest per requirement. What needs a server to be broken
// is unproven, what needs a capability that the backend lacks is skipped.
func ExampleCheck() {
	report := resulttest.Check(context.Background(), mapSubject())
	fmt.Println(report.Err())
	for _, r := range report.Results {
		switch r.ID {
		case "RESULT-STO-001", "RESULT-CHO-001":
			fmt.Println(r.ID, r.Status)
		}
	}
	// Output:
	// <nil>
	// RESULT-STO-001 pass
	// RESULT-CHO-001 skip
}
