package celery

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/redkit-dev/redkit/reference/celery/result"
)

// fail tells those who depend on a failed task, and sends its errbacks.
func (x *executor) fail(ctx context.Context, t *Task, failure *result.Error) error {
	if err := x.spread(ctx, t, result.Failure, failure); err != nil {
		return err
	}
	for _, s := range readSignatures(t.Errbacks) {
		if err := x.inform(ctx, t, s, t.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// spread gives the state of a task that did not succeed to what depends on it:
// the chord it is part of, and the rest of its chain. Celery leaves the rest
// PENDING when a task is revoked; whoever waits for it would wait for good.
func (x *executor) spread(ctx context.Context, t *Task, state result.State, failure *result.Error) error {
	if err := x.part(ctx, t, state, nil, failure); err != nil {
		return err
	}
	for _, s := range readSignatures(t.Chain) {
		if err := x.settle(ctx, s, state, failure); err != nil {
			return err
		}
	}
	return nil
}

// settle gives a state to the tasks of a call that will not be made, those of
// a chord in its body, and counts them in the chords that they are part of.
func (x *executor) settle(ctx context.Context, s *Signature, state result.State, failure *result.Error) error {
	inner := s.tasks
	if s.kind == kindChord {
		inner = nil
		if s.body != nil {
			inner = []*Signature{s.body}
		}
	}
	for _, t := range inner {
		if err := x.settle(ctx, t, state, failure); err != nil {
			return err
		}
	}
	if s.kind != kindTask || s.Options.TaskID == "" {
		return nil
	}
	t := &Task{app: x.app, hostname: x.hostname, handler: x.app.handler(s.Task)}
	t.ID, t.Name, t.Args, t.Kwargs, t.IgnoreResult = s.Options.TaskID, s.Task, s.Args, s.Kwargs, s.Options.IgnoreResult
	t.Chord, t.GroupIndex = s.Options.extra["chord"], plain(s.Options.extra["group_index"])
	t.Group, _ = s.Options.extra["group_id"].(string)
	if err := x.store(ctx, t, state, nil, failure); err != nil {
		return err
	}
	return x.part(ctx, t, state, nil, failure)
}

// part counts a task in the chord it is part of, and sends the body when it
// is the last one, once even if this runs again.
func (x *executor) part(ctx context.Context, t *Task, state result.State, value any, failure *result.Error) error {
	if t.Chord == nil || t.Group == "" || x.app.set.Results == nil {
		return nil
	}
	parts, err := x.app.set.Results.AddPart(ctx, result.Chord{Group: t.Group, Index: t.GroupIndex},
		result.Part{TaskID: t.ID, State: state, Value: value, Error: failure})
	if err != nil || parts == nil {
		return err
	}
	body := readSignature(t.Chord)
	if body == nil {
		return nil
	}
	values := make([]any, len(parts))
	for i, p := range parts {
		if p.Error != nil {
			return x.chordError(ctx, t, body, fmt.Sprintf("Dependency %s raised %s", p.TaskID, p.Error.Repr()))
		}
		values[i] = p.Value
	}
	switch err := x.follow(ctx, t, []any{values}, "chord."+t.Group, call{body, place{}}); {
	case isUnsendable(err):
		return x.chordError(ctx, t, body, fmt.Sprintf("Callback error: %v", err))
	case err != nil:
		return err
	}
	return x.app.set.Results.EndChord(ctx, t.Group)
}

// chordError fails the body of a chord that does not come to it, for a part
// that failed or because it cannot be sent, and sends its errbacks.
func (x *executor) chordError(ctx context.Context, t *Task, body *Signature, why string) error {
	failure := &result.Error{Type: "ChordError", Module: "celery.exceptions", Args: []any{why}}
	end := &Task{}
	end.ID, end.Name = x.app.plan(ctx).freeze(body).ID, body.Task
	failure.Traceback = traceback(end, failure.Error(), "")
	if err := x.settle(ctx, body, result.Failure, failure); err != nil {
		return err
	}
	for i, s := range errbacks(body) {
		if err := x.inform(ctx, t, s, end.ID, "chorderror."+t.Group+"."+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return x.app.set.Results.EndChord(ctx, t.Group)
}

// errbacks are those of a call as a whole and of what would run first in it.
func errbacks(s *Signature) []*Signature {
	all := slices.Clone(s.Options.LinkError)
	switch {
	case s.kind == kindChain && len(s.tasks) > 0:
		all = append(all, errbacks(s.tasks[0])...)
	case s.kind == kindChord && s.body != nil:
		all = append(all, errbacks(s.body)...)
	}
	return all
}
