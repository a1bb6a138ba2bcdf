package redistest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

func TestTopologiesDumpTheirData(t *testing.T) {
	t.Parallel()
	c, s := redistest.Cluster(t, 2, 0), redistest.Sentinel(t, 1)
	keys := fill(t, c.Client(), 3)
	fill(t, s.Client(), len(keys))
	const want = "key:0  string\n  0\nkey:1  string\n  1\nkey:2  string\n  2\n"
	if got := c.Dump(t.Context()); got != want {
		t.Errorf("dump of a cluster:\n%s\nwant\n%s", got, want)
	}
	if got := s.Dump(t.Context()); got != want {
		t.Errorf("dump of a master with sentinels:\n%s\nwant\n%s", got, want)
	}
}

func TestAFailedTestTellsOfItsTopology(t *testing.T) {
	t.Parallel()
	wantText(t, recordFailure(t, func(tb redistest.TB) {
		c := redistest.Cluster(tb, 2, 0)
		c.Client().Set(tb.Context(), "a", 1, 0)
		c.Faults().On("GET").DropReply()
		if err := c.KillMaster(tb.Context(), 1-c.Shard("a")); err != nil {
			t.Error(err)
		}
		tb.Errorf("as planned")
	}), "failed on a cluster", "SET a 1 -> OK", "DropReply on GET never struck", "redis-cli -h 127.0.0.1 -p ", "  killed", "data cannot be read: shard")
}

// envChild makes TestMain's process the child that the test below kills.
const envChild = "REDISTEST_TEST_TOPOLOGY_CHILD"

// TestTopologiesEndWithTheirProcess kills a process that runs a cluster and
// sentinels, which leaves it no time to clean up.
func TestTopologiesEndWithTheirProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(envChild) != "" {
		c, s := redistest.Cluster(t, 2, 0), redistest.Sentinel(t, 1)
		fmt.Println("\naddrs", strings.Join(append(c.Addrs(), s.Addrs()...), " "))
		<-t.Context().Done() // never: the parent kills
	}
	redistest.Start(t, redistest.Native()) // skips where there is no server
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestTopologiesEndWithTheirProcess$", "-test.v")
	child.Env = append(os.Environ(), envChild+"=1", "TMPDIR="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var addrs []string
	for lines := bufio.NewScanner(out); len(addrs) == 0 && lines.Scan(); {
		if list, found := strings.CutPrefix(lines.Text(), "addrs "); found {
			addrs = strings.Fields(list)
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if len(addrs) != 5 {
		t.Fatalf("the child runs servers at %v, want 5", addrs)
	}
	for {
		left := remains(t, addrs, dir)
		if left == "" {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("after the process: %s", left)
		}
	}
}

// remains says what a dead process left: a port that answers, a directory.
func remains(t *testing.T, addrs []string, dir string) string {
	t.Helper()
	for _, addr := range addrs {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = c.Close()
			return "a server listens on " + addr
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) > 0 {
		return "there is " + entries[0].Name()
	}
	return ""
}
