package redistest

import (
	"context"
	"fmt"
	"sync"
)

// A slots hands out the numbers of databases, each to one test at a time. It
// is safe for concurrent use.
type slots interface {
	// acquire returns the number of a database that nobody holds and that is
	// empty, for a test. A full one says in its error who holds them and how
	// to get more.
	acquire(ctx context.Context, test string) (db int, notes []string, err error)
	// clean empties a database; busy tells that clients are still on it.
	clean(ctx context.Context, db int) (busy bool, err error)
	// release lets others have a clean database.
	release(ctx context.Context, db int) error
	// keep holds a database until the process ends.
	keep(db int)
}

// databases lends the logical databases of a server.
type databases struct {
	ctl       *control
	slots     slots
	templates *templates

	mu         sync.Mutex
	quarantine map[int]bool // clients of ended tests are still on these
}

func newDatabases(ctl *control, s slots) *databases {
	return &databases{ctl: ctl, slots: s, templates: newTemplates(ctl, s), quarantine: map[int]bool{}}
}

func (d *databases) take(ctx context.Context, h *holding) error {
	db, notes, err := d.slots.acquire(ctx, h.test)
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		if n := len(d.quarantine); n > 0 {
			return fmt.Errorf("%w; %d in quarantine, with clients of ended tests still connected: close them", err, n)
		}
		return err
	}
	h.templates, h.keeps = d.templates, true
	h.db, h.notes = db, append(h.notes, notes...)
	h.release = func(ctx context.Context, keep bool) error {
		if keep {
			d.slots.keep(db)
			return nil
		}
		return d.give(ctx, db)
	}
	return nil
}

// give takes a database back: emptied and free, or quarantined as long as
// clients are on it. Each call looks after those in quarantine as well.
func (d *databases) give(ctx context.Context, db int) error {
	for _, old := range d.claim() {
		// What goes wrong with another test's database is not this test's
		// failure: it stays in quarantine.
		_ = d.end(ctx, old)
	}
	return d.end(ctx, db)
}

// end cleans a database and lets it go, unless it is busy.
func (d *databases) end(ctx context.Context, db int) error {
	busy, err := d.slots.clean(ctx, db)
	if err == nil && busy {
		// A connection just closed may be listed once more: ask again.
		busy, err = d.slots.clean(ctx, db)
	}
	if err == nil && !busy {
		return d.slots.release(ctx, db)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quarantine[db] = true
	return err
}

// claim takes the quarantined databases out, so that no other give looks
// after them at the same time: it might flush one that was just lent again.
func (d *databases) claim() (held []int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := range d.quarantine {
		held = append(held, n)
	}
	clear(d.quarantine)
	return held
}
