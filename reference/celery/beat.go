package celery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// An Entry is a task that is sent on schedule.
type Entry struct {
	Name     string // unique; it identifies the entry in every process
	Schedule Schedule
	Task     *Signature
	// Late is how late a due time may still be sent, after a time without
	// any beat; 0 is until the next one is due.
	Late time.Duration
}

// A Beat sends tasks on schedule. Any number may run with the same entries:
// one leads, another takes over when it falls silent, and each due time is
// sent once. Use it for one Run.
type Beat struct {
	app     *App
	store   broker.Beats
	entries []Entry
	id      string

	// Lease is how long a leader that falls silent keeps the lead; 0 is 15 s.
	Lease time.Duration
}

// NewBeat returns a beat for a broker that keeps the state of beats, as kombu
// and broker.Memory do. The error lists every entry that is not allowed.
func (a *App) NewBeat(entries ...Entry) (*Beat, error) {
	var problems []error
	seen := map[string]bool{}
	for _, e := range entries {
		crontab, isCrontab := e.Schedule.(*Crontab)
		switch {
		case e.Name == "" || seen[e.Name]:
			problems = append(problems, fmt.Errorf("entry %q: want a name of its own", e.Name))
		case e.Task == nil || e.Schedule == nil:
			problems = append(problems, fmt.Errorf("entry %q: want a task and a schedule", e.Name))
		case isCrontab && crontab.Validate() != nil:
			problems = append(problems, fmt.Errorf("entry %q: %w", e.Name, crontab.Validate()))
		case e.Schedule.Next(a.now()).IsZero():
			problems = append(problems, fmt.Errorf("entry %q: its schedule is never due", e.Name))
		}
		seen[e.Name] = true
	}
	store, ok := a.set.Broker.(broker.Beats)
	if !ok {
		problems = append(problems, fmt.Errorf("the broker %T keeps no state for beats", a.set.Broker))
	}
	if problems != nil {
		return nil, fmt.Errorf("new beat: %w", errors.Join(problems...))
	}
	return &Beat{app: a, store: store, entries: slices.Clone(entries), id: newID(), Lease: 15 * time.Second}, nil
}

// Run sends what is due until ctx ends; then it gives up the lead. Lost
// connections and failed sends are logged and tried again.
func (b *Beat) Run(ctx context.Context) error {
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := b.store.Yield(last, b.id); err != nil {
			b.app.set.Logger.Warn("cannot give up the lead of the schedule", "err", err)
		}
	}()
	for {
		wait, err := b.Tick(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			b.app.set.Logger.Warn("cannot send what is due, trying again", "err", err)
			wait = time.Second
		}
		select {
		case <-b.app.set.Clock.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// Tick sends what is due now, if this beat leads, and returns when to call it
// again: before the lease ends, at the latest.
func (b *Beat) Tick(ctx context.Context) (time.Duration, error) {
	lease := b.Lease
	if lease <= 0 {
		lease = 15 * time.Second
	}
	leads, err := b.store.Lead(ctx, b.id, lease)
	if err != nil {
		return 0, fmt.Errorf("lead the schedule: %w", err)
	}
	if !leads {
		return lease / 3, nil
	}
	wait := lease / 3
	var problems []error
	for _, e := range b.entries {
		next, err := b.tick(ctx, e)
		if err != nil {
			problems = append(problems, fmt.Errorf("entry %q: %w", e.Name, err))
			continue
		}
		wait = min(wait, max(next.Sub(b.app.now()), 0))
	}
	return wait, errors.Join(problems...)
}

// tick sends one entry if it is due and returns when it is due next.
func (b *Beat) tick(ctx context.Context, e Entry) (time.Time, error) {
	now := b.app.now()
	last, err := b.store.LastTick(ctx, e.Name)
	if err != nil {
		return now, err
	}
	if last.IsZero() { // a new entry counts from now
		return e.Schedule.Next(now), b.store.SetTick(ctx, e.Name, now)
	}
	due := e.Schedule.Next(last)
	if due.IsZero() || due.After(now) {
		return due, nil
	}
	// Of several that were missed, the latest is sent, as Celery does.
	for {
		later := e.Schedule.Next(due)
		if later.IsZero() || later.After(now) {
			break
		}
		due = later
	}
	if e.Late == 0 || now.Sub(due) <= e.Late {
		// Named by its due time it is taken once, whoever leads.
		p := b.app.plan(ctx)
		p.once = fmt.Sprintf("beat.%s.%d", e.Name, due.UnixMilli())
		if e.Task.kind != kindTask {
			p.seed = p.once
		}
		if _, err := p.add(e.Task, place{}); err != nil {
			return now, err
		}
		if err := b.app.carryOut(ctx, p); err != nil {
			return now, err
		}
	}
	return e.Schedule.Next(due), b.store.SetTick(ctx, e.Name, due)
}
