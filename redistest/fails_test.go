package redistest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
)

// A test in which each helper fails that others do not see failing.

// dead is a server of a test's own that has been killed.
func dead(tb redistest.TB, opts ...redistest.Option) *redistest.Server {
	srv := redistest.Start(tb, append(opts, redistest.Native(), redistest.Exclusive())...)
	if err := srv.Faults().Kill(tb.Context()); err != nil {
		tb.Fatalf("Kill: %v", err)
	}
	return srv
}

func TestDumpOfADeadServerFails(t *testing.T) {
	t.Parallel()
	needNative(t)
	for name, look := range map[string]func(ctx context.Context, srv *redistest.Server){
		"Dump":     func(ctx context.Context, srv *redistest.Server) { srv.Dump(ctx) },
		"Snapshot": func(ctx context.Context, srv *redistest.Server) { srv.Snapshot(ctx) },
		"Diff":     func(ctx context.Context, srv *redistest.Server) { srv.Diff(ctx, redistest.Snapshot{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantText(t, recordFailure(t, func(tb redistest.TB) { look(tb.Context(), dead(tb)) }), "redistest: dump the data: ")
		})
	}
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		c := redistest.Cluster(tb, 1, 0)
		if err := c.KillMaster(tb.Context(), 0); err != nil {
			t.Error(err)
		}
		c.Dump(tb.Context())
	}), "redistest: dump the data of a cluster: ")
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		s := redistest.Sentinel(tb, 1)
		ctx, cancel := context.WithCancel(tb.Context())
		cancel()
		s.Dump(ctx)
	}), "redistest: dump the data of a master with sentinels: ")
}

func TestAGuardThatCannotAskFails(t *testing.T) {
	t.Parallel()
	needNative(t)
	for name, guard := range map[string]redistest.Option{"NoLeftovers": redistest.NoLeftovers(), "RequireTTL": redistest.RequireTTL()} {
		wantText(t, recordFailure(t, func(tb redistest.TB) { dead(tb, guard) }), "redistest."+name, "the server cannot be asked: ")
	}
}

func TestALeaseThatRanOutFails(t *testing.T) {
	t.Parallel()
	team := host(t, "databases 4")
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		redistest.Start(tb, redistest.External(team.URL()))
		if err := team.Client().FlushDB(tb.Context()).Err(); err != nil { // where the leases are written down
			t.Error(err)
		}
	}), "redistest: external: return database ", "its lease ran out while the test ran")
}

// stubborn is an engine whose server does not stop.
type stubborn struct{ redistest.Engine }

type unstoppable struct{ redistest.Instance }

func (s stubborn) Boot(ctx context.Context, conf redistest.Config) (redistest.Instance, error) {
	i, err := s.Engine.Boot(ctx, conf)
	return unstoppable{i}, err
}

func (u unstoppable) Stop(ctx context.Context) error {
	return errors.Join(u.Instance.Stop(ctx), errors.New("it does not want to"))
}

func TestAServerThatDoesNotStopFails(t *testing.T) {
	t.Parallel()
	engine := redistest.EngineOf(redistest.Start(t, redistest.Fake()))
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		redistest.Start(tb, redistest.With(stubborn{engine}), redistest.Exclusive())
	}), "redistest: fake: stop: it does not want to")
}

func TestATopologyThatDoesNotStopFails(t *testing.T) {
	t.Parallel()
	needNative(t)
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		c := redistest.Cluster(tb, 1, 0)
		if err := redistest.StopNode(c, 0); err != nil { // so that there is nothing left to stop
			t.Error(err)
		}
	}), "redistest: stop a cluster: end the process: ")
}

func TestATopologyWithoutAServer(t *testing.T) {
	t.Setenv("REDISTEST_REQUIRE", "")
	nowhere := redistest.NativeAt("/no/such/redis-server")
	start := map[string]func(tb redistest.TB){
		"a cluster":               func(tb redistest.TB) { redistest.Cluster(tb, 1, 0, nowhere) },
		"a master with sentinels": func(tb redistest.TB) { redistest.Sentinel(tb, 1, nowhere) },
	}
	for what, start := range start {
		r := record(t, start)
		if !r.skipped || r.failed {
			t.Errorf("%s: skipped, failed = %v, %v, want a skip", what, r.skipped, r.failed)
		}
		wantText(t, r.text(), "redistest: "+what+": engine missing", "/no/such/redis-server")
	}
	t.Setenv("REDISTEST_REQUIRE", "1")
	for what, start := range start {
		wantText(t, recordFailure(t, start), "redistest: "+what+": engine missing")
	}
}

// envMistake tells the child of the test below which mistake to make.
const envMistake = "REDISTEST_TEST_MISTAKE"

// Each and Versions take a *testing.T, so they fail in a process of their own.
func TestEachAndVersionsFail(t *testing.T) {
	t.Parallel()
	body := func(*testing.T, *redistest.Server) {}
	mistakes := map[string]struct {
		make func(t *testing.T)
		want string
	}{
		"each":     {func(t *testing.T) { redistest.Each(t, body) }, `REDISTEST_ENGINE="docker": want fake, native or external`},
		"versions": {func(t *testing.T) { redistest.Versions(t, body, redistest.Fake()) }, "leave out the option that names one"},
	}
	if name := os.Getenv(envMistake); name != "" {
		mistakes[name].make(t)
		return
	}
	for name, m := range mistakes {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEachAndVersionsFail$")
		child.Env = append(os.Environ(), envMistake+"="+name, "REDISTEST_ENGINE=docker")
		out, err := child.CombinedOutput()
		if err == nil || !strings.Contains(string(out), m.want) {
			t.Errorf("%s: the test printed, %v\n%s\nwant a failure with %q", name, err, out, m.want)
		}
	}
}
