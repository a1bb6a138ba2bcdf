package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

// envOwner makes the test binary one that is killed while it holds a server,
// or one of several that share one.
const envOwner = "REDISTEST_TEST_OWNER"

// A process is a TB for a child process that no test waits for.
type process struct{ redistest.TB }

func (process) Helper()                     {}
func (process) Name() string                { return "owner" }
func (process) Context() context.Context    { return context.Background() }
func (process) Cleanup(func())              {}
func (process) Failed() bool                { return false }
func (process) Logf(f string, args ...any)  { fmt.Fprintf(os.Stderr, f+"\n", args...) }
func (p process) Errorf(f string, a ...any) { p.Fatalf(f, a...) }
func (p process) Skipf(f string, a ...any)  { p.Fatalf(f, a...) }
func (p process) Fatalf(f string, a ...any) { p.Logf(f, a...); os.Exit(1) }

// own starts what mode names, tells where it is and waits for SIGKILL, or for
// the end of standard input.
func own(mode string) {
	ctx := context.Background()
	var srv *redistest.Server
	switch mode {
	case "native":
		srv = redistest.Start(process{}, redistest.Native())
	case "exclusive":
		srv = redistest.Start(process{}, redistest.Native(), redistest.Exclusive())
	case "external":
		srv = redistest.Start(process{}, redistest.External(""))
	}
	if err := srv.Client().Set(ctx, "k", "v", 0).Err(); err != nil {
		process{}.Fatalf("%v", err)
	}
	fmt.Println(srv.Addr(), srv.DB())
	select {}
}

// child starts the test binary in a mode and returns what it says.
func child(t *testing.T, mode string, env ...string) (cmd *exec.Cmd, addr string, db int) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), envOwner+"="+mode), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // reaps; the error is the SIGKILL
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child in mode %s said %q: %v", mode, line, err)
	}
	if _, err := fmt.Sscan(line, &addr, &db); err != nil {
		t.Fatalf("the child in mode %s said %q: %v", mode, line, err)
	}
	return cmd, addr, db
}

// until waits for a condition and says what it saw last.
func until(t *testing.T, what string, done func() (state string, ok bool)) {
	t.Helper()
	tick, limit := time.NewTicker(time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for {
		state, ok := done()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: not after 20 s: %s", what, state)
		}
	}
}

// processesIn lists the processes whose command line holds a path.
func processesIn(t *testing.T, path string) (found []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lines) == 0 {
		t.Skip("there is no /proc to look for processes in")
	}
	for _, file := range lines {
		line, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(line), path) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func TestNothingIsLeftOfANativeServerWhenItsBinaryIsKilled(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"native", "exclusive"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			needNative(t)
			cmd, socket, _ := child(t, mode)
			dir := filepath.Dir(socket)
			if found := processesIn(t, dir); len(found) == 0 {
				t.Fatalf("no process serves %s while its owner lives", socket)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			until(t, "neither process nor directory is left", func() (string, bool) {
				found := processesIn(t, dir)
				_, err := os.Stat(dir)
				return fmt.Sprintf("processes %q, directory %s: %v", found, dir, err), len(found) == 0 && errors.Is(err, fs.ErrNotExist)
			})
		})
	}
}

func TestALeaseOfAKilledProcessRunsOut(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 2") // one to lease
	cmd, _, db := child(t, "external", "REDISTEST_URL="+srv.URL())
	control, leased := at(t, srv, 0), at(t, srv, db)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	ctx := t.Context()
	if n := leased.Exists(ctx, "k").Val(); n != 1 {
		t.Fatal("the killed process left no key, so there is nothing to show")
	}
	_ = leased.Close() // a client on the database would put it in quarantine
	over := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(srv.URL())) })
	wantText(t, over.text(), "all 1 databases")
	left := control.PTTL(ctx, fmt.Sprint("redistest:lease:", db)).Val()
	if left <= 0 || left > 30*time.Second {
		t.Fatalf("PTTL of the lease of a killed process = %v, want at most 30s", left)
	}
	// The lease runs out as by itself: the server of its own has a clock.
	if err := srv.Advance(ctx, left); err != nil {
		t.Fatal(err)
	}
	next := record(t, func(tb redistest.TB) {
		s := redistest.Start(tb, redistest.External(srv.URL()))
		if n := s.Client().DBSize(tb.Context()).Val(); n != 0 {
			tb.Errorf("DBSIZE of the lease after a killed process = %d, want 0", n)
		}
	})
	if next.failed {
		t.Error(next.text())
	}
	for db := range 2 {
		if keys := at(t, srv, db).Keys(ctx, "*").Val(); len(keys) != 0 {
			t.Errorf("keys left in database %d: %q", db, keys)
		}
	}
}

func TestProcessesShareOneServer(t *testing.T) {
	t.Parallel()
	srv := host(t, "databases 16")
	const each = 4
	var mu sync.Mutex
	taken := map[int]int{}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { // waited for below
			_, _, db := child(t, "external", "REDISTEST_URL="+srv.URL())
			mu.Lock()
			defer mu.Unlock()
			taken[db]++
		})
	}
	for range each {
		wg.Go(func() {
			s := redistest.Start(t, redistest.External(srv.URL()))
			mu.Lock()
			defer mu.Unlock()
			taken[s.DB()]++
		})
	}
	wg.Wait()
	if len(taken) != 3+each {
		t.Errorf("%d processes and tests lease %v, want a database for each", 3+each, taken)
	}
	if n := len(at(t, srv, 0).Keys(t.Context(), "redistest:lease:*").Val()); n != 3+each {
		t.Errorf("%d leases are written down, want %d", n, 3+each)
	}
}
