package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// flaw is the variable that names what is wrong with our workers.
const flaw = "REDISTEST_TEST_FLAW"

// flawed is what a flaw does to every 50th publication.
func flawed(what string) twist {
	by := straight()
	hit := func(id string) bool {
		n, err := numberOf(id)
		return err == nil && n%50 == 1
	}
	switch what {
	case "forgets its work": // as a worker that acknowledges first and is killed
		by.run = func(run celery.Handler) celery.Handler {
			return func(ctx context.Context, t *celery.Task) (any, error) {
				if hit(t.ID) {
					return t.ID, nil
				}
				return run(ctx, t)
			}
		}
	case "hands out what was acknowledged":
		by.broker = func(b broker.Broker) broker.Broker { return &liar{Broker: b, hit: hit, told: map[string]bool{}} }
	case "has another's arguments":
		by.run = func(run celery.Handler) celery.Handler {
			return func(ctx context.Context, t *celery.Task) (any, error) {
				if hit(t.ID) {
					t.Args[0] = int64(-1)
				}
				return run(ctx, t)
			}
		}
	}
	return by
}

// liar is a broker that hands out again what it says is acknowledged, once.
type liar struct {
	broker.Broker
	hit func(id string) bool

	mu   sync.Mutex
	told map[string]bool
}

func (l *liar) Ack(ctx context.Context, deliveries ...broker.Delivery) error {
	var honest, again []broker.Delivery
	for _, d := range deliveries {
		id := effectOf(d.Raw)
		l.mu.Lock()
		lie := l.hit(id) && !l.told[id]
		l.told[id] = true
		l.mu.Unlock()
		if lie {
			again = append(again, d)
		} else {
			honest = append(honest, d)
		}
	}
	if len(again) > 0 {
		if err := l.Requeue(ctx, again...); err != nil {
			return err
		}
	}
	if len(honest) == 0 {
		return nil
	}
	return l.Broker.Ack(ctx, honest...)
}

// TestAStormTellsWhatIsLostAndRepeated plants what the drill is to find.
func TestAStormTellsWhatIsLostAndRepeated(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]string{
		"forgets its work":                "acknowledged publications were lost",
		"hands out what was acknowledged": "runs came after an acknowledgement",
		"has another's arguments":         "runs had a wrong input",
		"":                                "acknowledged publications were lost", // the server never flushes
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			binary := need(t, "redis-server", "strace")
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			p := plan{seed: 3, tasks: 300, workers: 2, workerKills: 1, serverKills: 1, chance: .02}
			if what == "" {
				p.power, p.fsync = true, "no"
			}
			dir := t.TempDir()
			r, err := p.run(ctx, binary, dir, ours{dir, []string{flaw + "=" + what}})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.hold(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("hold() = %v, want it to say %q\n%+v", err, want, r)
			}
		})
	}
}
