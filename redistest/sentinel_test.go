package redistest_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

func TestSentinelFailsOver(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, s := bounded(t), redistest.Sentinel(t, 2, native, redistest.Auth("", "s3cret"))
		keys := fill(t, s.Client(), 20)
		for range 2 {
			if n, err := s.Client().Wait(ctx, 2, 10*time.Second).Result(); n != 2 || err != nil {
				t.Fatalf("WAIT = %d, %v, want 2", n, err)
			}
			before, err := s.Master(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Failover(ctx); err != nil {
				t.Fatalf("Failover: %v", err)
			}
			if after, err := s.Master(ctx); after == before || err != nil {
				t.Errorf("master after Failover = %s, %v, want another than %s", after, err, before)
			}
			expectFilled(t, s.Client(), keys)
		}
	})
}

func TestSentinelReplacesADeadMaster(t *testing.T) {
	t.Parallel()
	binaries(t, func(t *testing.T, native redistest.Option) {
		ctx, s := bounded(t), redistest.Sentinel(t, 1, native)
		keys := fill(t, s.Client(), 20)
		for range 2 {
			if n, err := s.Client().Wait(ctx, 1, 10*time.Second).Result(); n != 1 || err != nil {
				t.Fatalf("WAIT = %d, %v, want 1", n, err)
			}
			if err := s.KillMaster(ctx); err != nil {
				t.Fatalf("KillMaster: %v", err)
			}
			expectFilled(t, s.Client(), keys)
			if err := s.Restart(ctx); err != nil {
				t.Fatalf("Restart: %v", err)
			}
		}
		expectFilled(t, s.Client(), keys)
	})
}

func TestSentinelTraceShowsTheMasterOnly(t *testing.T) {
	t.Parallel()
	s := redistest.Sentinel(t, 1)
	tr := redistest.MaxRoundTrips(t, s, 1, func() { s.Client().Set(t.Context(), "a", 1, 0) })
	if got, want := tr.String(), "1 round trip, 1 command\n    1  SET a 1 -> OK\n"; got != want {
		t.Errorf("trace:\n%s\nwant\n%s", got, want)
	}
}

func TestSentinelNeedsAReplica(t *testing.T) {
	t.Parallel()
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Sentinel(tb, 0) }), "want at least one")
}

func BenchmarkSentinel(b *testing.B) {
	for b.Loop() {
		r := &benchTB{TB: b}
		redistest.Sentinel(r, 1).Client().Set(b.Context(), "a", 1, 0)
		b.StopTimer()
		r.end()
		b.StartTimer()
	}
}

// benchTB ends what it started before the benchmark does.
type benchTB struct {
	testing.TB
	cleanups []func()
}

func (t *benchTB) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *benchTB) end() {
	for len(t.cleanups) > 0 {
		last := t.cleanups[len(t.cleanups)-1]
		t.cleanups = t.cleanups[:len(t.cleanups)-1]
		last()
	}
}
