package celery

import (
	"context"
	"errors"
	"fmt"

	"github.com/redkit-dev/redkit/reference/celery/result"
)

var (
	// ErrNoResults reports an app without a result backend.
	ErrNoResults = errors.New("results are not kept: set Settings.Results")
	// ErrInTask reports waiting for a result inside a task: with all workers
	// waiting, none would be left to run what they wait for.
	ErrInTask = errors.New("waiting for a result inside a task can block all workers for good: use Chain, Chord or Link")
)

// An AsyncResult is the result of a task that was sent. It is safe for concurrent use.
type AsyncResult struct {
	ID string
	// Children are the members if it is the result of a group, else nil.
	Children []*AsyncResult

	app *App
}

func (a *App) asyncResult(c result.Child) *AsyncResult {
	r := &AsyncResult{ID: c.ID, app: a}
	if c.Group != nil {
		r.Children = make([]*AsyncResult, 0, len(c.Group))
	}
	for _, m := range c.Group {
		r.Children = append(r.Children, a.asyncResult(m))
	}
	return r
}

// Result is the result of a task whose id is known.
func (a *App) Result(id string) *AsyncResult { return &AsyncResult{ID: id, app: a} }

// tasks are the ids of the tasks that it is the result of.
func (r *AsyncResult) tasks() []string {
	if r.Children == nil {
		return []string{r.ID}
	}
	var ids []string
	for _, m := range r.Children {
		ids = append(ids, m.tasks()...)
	}
	return ids
}

// value is made of the values of its tasks, which it takes off the list.
func (r *AsyncResult) value(values *[]any) any {
	if r.Children == nil {
		v := (*values)[0]
		*values = (*values)[1:]
		return v
	}
	list := make([]any, len(r.Children))
	for i, m := range r.Children {
		list[i] = m.value(values)
	}
	return list
}

func (r *AsyncResult) child() result.Child {
	c := result.Child{ID: r.ID}
	if r.Children != nil {
		c.Group = []result.Child{}
	}
	for _, m := range r.Children {
		c.Group = append(c.Group, m.child())
	}
	return c
}

// Document is what is stored of the task now. Of a group nothing is: look at
// its Children.
func (r *AsyncResult) Document(ctx context.Context) (*result.Document, error) {
	if r.app.set.Results == nil {
		return nil, ErrNoResults
	}
	return r.app.set.Results.Get(ctx, r.ID)
}

// State is the state of the task now; PENDING also if nothing is known of it.
// That of a group is SUCCESS when all of its tasks have succeeded, before that
// the state of one that failed, or else PENDING.
func (r *AsyncResult) State(ctx context.Context) (result.State, error) {
	if r.Children == nil {
		d, err := r.Document(ctx)
		if err != nil {
			return "", err
		}
		return d.Status, nil
	}
	state := result.Success
	for _, m := range r.Children {
		switch s, err := m.State(ctx); {
		case err != nil:
			return "", err
		case s.Failed():
			return s, nil
		case s != result.Success:
			state = result.Pending
		}
	}
	return state, nil
}

// Get waits for the task and returns its value, or its error as a
// *result.Error; of a group a []any of the values of its tasks in order, or the
// error of the first that fails. When ctx ends first, the error wraps that of ctx.
func (r *AsyncResult) Get(ctx context.Context) (any, error) {
	values, err := r.app.join(ctx, r.tasks())
	if err != nil {
		return nil, err
	}
	return r.value(&values), nil
}

// GetInto is Get with the value stored in what dst points to.
func (r *AsyncResult) GetInto(ctx context.Context, dst any) error {
	v, err := r.Get(ctx)
	if err != nil {
		return err
	}
	if err := Into(v, dst); err != nil {
		return fmt.Errorf("result of task %s: %w", r.ID, err)
	}
	return nil
}

// Forget removes the stored result, of a group those of its tasks.
func (r *AsyncResult) Forget(ctx context.Context) error {
	if r.app.set.Results == nil {
		return nil
	}
	return r.app.set.Results.Forget(ctx, r.tasks()...)
}

// Revoke tells all workers not to run the task and, with terminate, to stop
// it if it runs. Workers that are not connected do not hear it. An eager app
// does not run the task; one that runs is not stopped. Of a group all tasks
// are revoked.
func (r *AsyncResult) Revoke(ctx context.Context, terminate bool) error {
	if r.Children != nil {
		var errs []error
		for _, m := range r.Children {
			errs = append(errs, m.Revoke(ctx, terminate))
		}
		return errors.Join(errs...)
	}
	if r.app.eager != nil {
		r.app.eager.revoked.add(r.app.now(), r.ID)
		return nil
	}
	return r.app.Control("revoke", map[string]any{"task_id": r.ID, "terminate": terminate, "signal": "SIGTERM"}).Cast(ctx)
}

// A GroupResult is the results of a group.
type GroupResult struct {
	ID      string
	Results []*AsyncResult

	app *App
}

// Get waits for all tasks and returns their values in order. The first that
// fails ends the wait with its error.
func (g *GroupResult) Get(ctx context.Context) ([]any, error) {
	v, err := g.result().Get(ctx)
	values, _ := v.([]any)
	return values, err
}

func (g *GroupResult) result() *AsyncResult {
	return &AsyncResult{ID: g.ID, Children: append([]*AsyncResult{}, g.Results...), app: g.app}
}

// Save stores which tasks are members, for App.Group and Celery's GroupResult.restore.
func (g *GroupResult) Save(ctx context.Context) error {
	if g.app.set.Results == nil {
		return ErrNoResults
	}
	return g.app.set.Results.SaveGroup(ctx, g.result().child())
}

// Group returns a saved group, nil if it is unknown.
func (a *App) Group(ctx context.Context, id string) (*GroupResult, error) {
	if a.set.Results == nil {
		return nil, ErrNoResults
	}
	c, err := a.set.Results.Group(ctx, id)
	if c == nil || err != nil {
		return nil, err
	}
	g := &GroupResult{ID: id, app: a}
	for _, m := range c.Group {
		g.Results = append(g.Results, a.asyncResult(m))
	}
	return g, nil
}

// join waits for tasks and returns their values in order.
func (a *App) join(ctx context.Context, ids []string) ([]any, error) {
	if a.set.Results == nil {
		return nil, ErrNoResults
	}
	if TaskFrom(ctx) != nil {
		return nil, ErrInTask
	}
	if a.eager != nil {
		if err := a.eager.until(ctx, ids); err != nil {
			return nil, err
		}
	}
	place := make(map[string][]int, len(ids))
	for i, id := range ids {
		place[id] = append(place[id], i)
	}
	values := make([]any, len(ids))
	var failed error
	err := a.set.Results.Wait(ctx, ids, func(d *result.Document) bool {
		if d.Error != nil {
			failed = d.Error
			return false
		}
		for _, i := range place[d.TaskID] {
			values[i] = d.Value
		}
		return true
	})
	switch {
	case failed != nil:
		return nil, failed
	case err != nil:
		return nil, fmt.Errorf("wait for results: %w", err)
	}
	return values, nil
}
