package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// TestMain lets the test binary be the storm's workers.
func TestMain(m *testing.M) {
	if os.Getenv(role) != "" {
		exit(work(context.Background(), os.Args[1], os.Args[2], os.Args[3], flawed(os.Getenv(flaw))))
		return
	}
	goleak.VerifyTestMain(m)
}

// need skips a test whose programs are not on this machine.
func need(t *testing.T, programs ...string) (first string) {
	t.Helper()
	for i, p := range programs {
		path, err := exec.LookPath(p)
		if err != nil {
			text := fmt.Sprintf("%v: install it with: apt-get install redis-server strace", err)
			if os.Getenv("REDISTEST_REQUIRE") == "1" {
				t.Fatal(text)
			}
			t.Skip(text)
		}
		if i == 0 {
			first = path
		}
	}
	return first
}

func TestASmallStormLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for name, power := range map[string]bool{"SIGKILL": false, "power loss": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			binary := need(t, "redis-server", "strace")
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			dir := t.TempDir()
			r, err := plan{seed: 7, tasks: 400, workers: 2, workerKills: 3, serverKills: 1, chance: .02, power: power}.run(ctx, binary, dir, ours{dir: dir})
			r.Storm = name
			if err != nil {
				t.Fatal(err)
			}
			if err := r.hold(); err != nil {
				t.Errorf("%v\n%+v", err, r)
			}
			if r.Tasks < 400 || r.Executions < r.Tasks || r.WorkerKills != 3 || r.ServerKills != 1 {
				t.Errorf("%+v: want 400 tasks, each executed, 3 workers and 1 server killed", r)
			}
		})
	}
}

func TestLossesAndRepeatsAreCounted(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	killed, alive := &worker{ended: at(15)}, &worker{ended: at(100)}
	events := []event{
		{"X", "task-0000001#0", at(10), killed}, {"X", "task-0000001#0", at(20), alive}, {"A", "task-0000001#0", at(21), alive},
		{"X", "task-0000002#0", at(30), alive}, {"X", "task-0000002#0", at(40), alive}, {"A", "task-0000002#0", at(41), alive},
		{"X", "task-0000003#0", at(50), alive}, {"X", "task-0000003#0", at(51), alive},
		{"X", "task-0000004#0", at(60), alive}, {"A", "task-0000004#0", at(61), alive}, {"X", "task-0000004#0", at(62), alive},
		{"X", "task-0000012#0", at(70), alive}, {"A", "task-0000012#0", at(71), alive}, {"W", "task-0000012#1", at(72), alive}, {"X", "task-0000012#1", at(72), alive},
		{"X", "task-0000014.0#0", at(80), alive}, {"X", "task-0000014.2#0", at(81), alive},
	}
	got := count([]int{1, 2, 3, 4, 5, 6, 12, 14}, map[int]bool{6: true}, events, []time.Time{at(35)})
	want := counts{Executions: 12, Extra: map[string]int{"worker killed": 1, "server killed": 1, "connection broken or reply lost": 2}, AfterAck: 1, Wrong: 1,
		Lost: 2, lostIDs: []string{"task-0000005#0", "task-0000014.1#0"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("count (-want +got):\n%s", diff)
	}
	r := row{Storm: "s", WorkerKills: 1, ServerKills: 1, Cuts: 1, counts: got}
	for _, want := range []string{"2 acknowledged publications were lost", `"task-0000005#0"`, "1 runs came after an acknowledgement", "1 runs had a wrong input"} {
		if err := r.hold(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("hold() = %v, want it to say %q", err, want)
		}
	}
	if err := (row{}).hold(); err == nil || !strings.Contains(err.Error(), "it was no storm") {
		t.Errorf("hold() of nothing = %v", err)
	}
}
