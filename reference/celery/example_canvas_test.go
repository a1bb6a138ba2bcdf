package celery_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/reference/celery"
)

// arithmetic registers the tasks of the examples below.
func arithmetic(t *testing.T, app *celery.App) {
	check(t,
		app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil })),
		app.Handle("sum", celery.F1(func(_ context.Context, all []int) (sum int, _ error) {
			for _, n := range all {
				sum += n
			}
			return sum, nil
		})),
		app.Handle("log", func(_ context.Context, t *celery.Task) (any, error) {
			fmt.Println("log:", t.Args)
			return nil, nil
		}),
	)
}

// Each task of a chain gets the result of the one before as its first
// argument, unless its signature is immutable.
func ExampleChain() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		arithmetic(t, app)
		res, err := app.Apply(t.Context(), celery.Chain(celery.Sig("add", 2, 3), celery.Sig("add", 10)))
		check(t, err)
		fmt.Println(res.Get(t.Context()))
		res, err = app.Apply(t.Context(), celery.Chain(celery.Sig("add", 2, 3), celery.SI("add", 1, 1)))
		check(t, err)
		fmt.Println(res.Get(t.Context()))
	})
	// Output:
	// 15 <nil>
	// 2 <nil>
}

// The tasks of a group run side by side; Save keeps their names for a process
// that asks later.
func ExampleGroup() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		arithmetic(t, app)
		var group *celery.GroupResult
		group, err := app.ApplyGroup(t.Context(), celery.Group(celery.Sig("add", 1, 1), celery.Sig("add", 2, 2)))
		check(t, err, group.Save(t.Context()))
		same, err := app.Group(t.Context(), group.ID)
		check(t, err)
		fmt.Println(same.Get(t.Context()))
	})
	// Output: [2 4] <nil>
}

// The body of a chord gets the results of its header, once, when all are there.
func ExampleChord() {
	golden.InTest(func(t *testing.T) {
		app, _, _ := inProcess(t)
		arithmetic(t, app)
		header := []*celery.Signature{celery.Sig("add", 1, 1), celery.Sig("add", 2, 2)}
		res, err := app.Apply(t.Context(), celery.Chord(header, celery.Sig("sum")))
		check(t, err)
		fmt.Println(res.Get(t.Context()))
	})
	// Output: 6 <nil>
}

// What follows success gets the result, what follows failure the task's id.
func ExampleLink() {
	golden.InTest(func(t *testing.T) {
		app, tasks, _ := inProcess(t)
		arithmetic(t, app)
		call := celery.Sig("add", 2, 3).Set(
			celery.TaskID("sum-1"),
			celery.Link(celery.Sig("log", "done")),
			celery.LinkError(celery.Sig("log", "failed")),
		)
		_, err := app.Apply(t.Context(), call)
		check(t, err)
		_, err = app.Apply(t.Context(), call.Set(celery.TaskID("sum-2"), celery.NewArgs("two", 3)))
		check(t, err)
		fmt.Println(tasks.Drain(t.Context()))
	})
	// Output:
	// log: [5 done]
	// log: [sum-2 failed]
	// 4 <nil>
}
