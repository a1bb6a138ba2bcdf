package fleet_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/internal/fleet"
)

func TestEventuallyTellsWhatWasWrongBeforeTheDeadlineStruck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, early := range map[string]time.Duration{"with ctx": 0, "before ctx": 100 * time.Microsecond} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			behind, tries := errors.New("the replica is behind"), 0
			err := fleet.Eventually(ctx, "settle", func() error {
				if tries++; tries < 5 {
					return behind
				}
				deadline, _ := ctx.Deadline()
				time.Sleep(time.Until(deadline) - early) // as a connection with that deadline does
				return os.ErrDeadlineExceeded
			})
			if !errors.Is(err, behind) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: Eventually = %v, want that the replica is behind, and the deadline", name, err)
			}
			if want := "settle: context deadline exceeded: the replica is behind (a last try was cut short after 9.996s: i/o timeout)"; err.Error() != want {
				t.Errorf("%s: Eventually = %q, want %q", name, err, want)
			}
		}
	})
}

func TestEventuallyTellsOfTheOnlyTry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := fleet.Eventually(ctx, "settle", func() error {
			<-ctx.Done()
			return errors.New("no answer")
		})
		if want := "settle: context deadline exceeded: no answer"; err == nil || err.Error() != want {
			t.Errorf("Eventually = %v, want %q", err, want)
		}
	})
}
