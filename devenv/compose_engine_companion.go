package devenv

import (
	"context"
	"slices"
)

// accompany starts the containers of companions that do not run. undo removes
// what it made; it is never nil.
func (x composeEngine) accompany(ctx context.Context, list []companion) (undo func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	d, found, err := x.containers(ctx)
	if err != nil {
		return nothing, err
	}
	before, err := x.before(ctx, d, found)
	if err != nil {
		return nothing, x.e.explainDocker(d.where, err)
	}
	var missing []Instance
	for _, c := range list {
		if slices.ContainsFunc(found, func(f container) bool { return f.State == statusRunning && f.Labels[serviceLabel] == c.name }) {
			continue
		}
		if err := x.e.provideImage(ctx, d, c.image); err != nil {
			return nothing, err
		}
		missing = append(missing, c.instance())
	}
	if len(missing) == 0 {
		return nothing, nil
	}
	if err := x.e.portsFree(ctx, missing); err != nil {
		return nothing, err
	}
	undo = func(ctx context.Context) error { return x.undo(ctx, d, before) }
	return undo, x.compose(ctx, d, missing)
}

// runningContainer is the id of the container of a service, "" when none runs.
func (x composeEngine) runningContainer(ctx context.Context, service string) string {
	_, list, err := x.containers(ctx)
	if err != nil {
		return "" // whoever asks for the servers tells why
	}
	for _, c := range list {
		if c.Labels[serviceLabel] == service && c.State == statusRunning {
			return c.ID
		}
	}
	return ""
}

// companionDied tells that the container of a companion runs no more.
func (x composeEngine) companionDied(ctx context.Context, c companion) error {
	d, id, err := x.containerOf(ctx, c.name)
	if err != nil {
		return err
	}
	return x.died(ctx, d, c.instance(), server{Container: id})
}
