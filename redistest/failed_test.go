package redistest_test

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// envFailing makes this test fail in a child process on the engine it names.
const envFailing = "REDISTEST_TEST_FAILING"

// TestFailsOnPurpose is what the children of the tests below run.
func TestFailsOnPurpose(t *testing.T) {
	name := os.Getenv(envFailing)
	if name == "" {
		return
	}
	write := func(t *testing.T, c redis.UniversalClient) {
		for i := range 40 { // more than a log shows
			if err := c.Set(t.Context(), fmt.Sprintf("session:%02d", i), "open", 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		t.Error("as planned")
	}
	fails := map[string]func(t *testing.T){
		"fake":   func(t *testing.T) { write(t, redistest.Start(t, redistest.Fake()).Client()) },
		"native": func(t *testing.T) { write(t, redistest.Start(t, redistest.Native()).Client()) },
		"two": func(t *testing.T) {
			redistest.Start(t, redistest.Fake())
			write(t, redistest.Start(t, redistest.Fake()).Client())
		},
		"bubble": func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { write(t, redistest.Start(t, redistest.Bubble()).Client()) })
		},
		"cluster":  func(t *testing.T) { write(t, redistest.Cluster(t, 1, 0).Client()) },
		"sentinel": func(t *testing.T) { write(t, redistest.Sentinel(t, 1).Client()) },
		"passes":   func(t *testing.T) { redistest.Start(t, redistest.Fake()) },
	}
	fails[name](t)
}

// failing is a child process in which the test above fails.
func failing(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(bounded(t), os.Args[0], append([]string{"-test.run=^TestFailsOnPurpose$"}, args...)...)
	cmd.Env = append(os.Environ(), envFailing+"="+name, "TMPDIR="+t.TempDir())
	return cmd
}

func TestAFailedTestWaitsForWhoLooks(t *testing.T) {
	t.Parallel()
	needNative(t)
	for _, name := range []string{"fake", "native", "cluster", "sentinel"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := failing(t, name, "-test.timeout=1h")
			cmd.Env = append(cmd.Env, "REDISTEST_HOLD=2h")
			errs, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			cmd.Stdout = &log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(errs)
			line := ""
			for !strings.Contains(line, "redis-cli") && lines.Scan() {
				line += lines.Text() + "\n"
			}
			wantText(t, line, "redistest: TestFailsOnPurpose failed; its servers stay for 59m", "or until Ctrl-C:\n  redis-cli -")
			network, addr := whereIs(t, line)
			c := redis.NewClient(&redis.Options{Network: network, Addr: addr, MaxRetries: -1, DialerRetries: 1, DB: databaseOf(line)})
			defer c.Close()
			if got, err := c.Get(t.Context(), "session:39").Result(); got != "open" {
				t.Errorf("GET session:39 while the failed test waits = %q, %v, want open", got, err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, errs); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the child passed, want it to fail after the wait")
			}
			wantText(t, log.String(), "as planned", "SET session:39 open -> OK", "… and 10 keys more")
			until(t, "nothing is left", func() (string, bool) {
				err := c.Ping(t.Context()).Err()
				return fmt.Sprint("PING: ", err), err != nil
			})
		})
	}
}

// whereIs reads the address in a line of redis-cli.
func whereIs(t *testing.T, line string) (network, addr string) {
	t.Helper()
	_, line, _ = strings.Cut(line, "redis-cli ")
	var host, port string
	if _, err := fmt.Sscanf(line, "-h %s -p %s", &host, &port); err == nil {
		return "tcp", host + ":" + port
	}
	if _, err := fmt.Sscanf(line, "-s %s", &addr); err != nil {
		t.Fatalf("redis-cli %s: no address: %v", line, err)
	}
	return "unix", addr
}

func databaseOf(line string) (db int) {
	_, number, _ := strings.Cut(line, " -n ")
	_, _ = fmt.Sscan(number, &db) // a topology has database 0 only
	return db
}

// artifacts runs the failing test with -artifacts and returns the files.
func artifacts(t *testing.T, name string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	out, err := failing(t, name, "-test.artifacts", "-test.outputdir="+dir).CombinedOutput()
	if (err == nil) != (name == "passes") {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	files := map[string]string{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[d.Name()] = string(text)
		if name != "passes" {
			wantText(t, string(out), "all its data are in "+path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAFailedTestKeepsItsDataAsAFile(t *testing.T) {
	t.Parallel()
	needNative(t)
	for name, want := range map[string][]string{
		"fake": {"redis.txt"}, "bubble": {"redis.txt"}, "native": {"redis.txt"}, "cluster": {"redis.txt"},
		"two": {"redis-2.txt", "redis.txt"}, "passes": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := artifacts(t, name)
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(files))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if len(want) > 0 {
				wantText(t, files["redis.txt"], "SET session:39 open -> OK", "\nall its data:\nsession:00  string\n  open\n", "session:39  string")
			}
		})
	}
}

func TestNobodyWaitsForABubble(t *testing.T) {
	t.Parallel()
	cmd := failing(t, "bubble")
	cmd.Env = append(cmd.Env, "REDISTEST_HOLD=1h")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("the child passed, want it to fail")
	}
	wantText(t, string(out), "REDISTEST_HOLD: nothing outside reaches the server of this test", "go test -artifacts")
}

// Not parallel: it sets the environment.
func TestTheWaitOfAFailedTestIsADuration(t *testing.T) {
	for _, bad := range []string{"soon", "-1s", "10"} {
		t.Setenv("REDISTEST_HOLD", bad)
		for name, start := range map[string]func(tb redistest.TB){
			"Start":   func(tb redistest.TB) { redistest.Start(tb, redistest.Fake()) },
			"Cluster": func(tb redistest.TB) { redistest.Cluster(tb, 1, 0) },
		} {
			t.Run(name, func(t *testing.T) {
				wantText(t, recordFailure(t, start), `REDISTEST_HOLD="`+bad+`": want`, "such as 10m")
			})
		}
	}
}
