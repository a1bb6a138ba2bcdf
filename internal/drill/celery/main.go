// Command celery puts reference/celery through two storms, and Celery too, in
// its own row. Workers and servers are processes, and are killed with SIGKILL;
// connections break, and replies are lost. In the second storm the server's
// kills are power failures: its append-only file is cut to what was flushed.
//
// Tasks are of many kinds: plain ones of several sizes, compressed or urgent, for
// later, retried, in chains and chords. Each notes its effect in a file beside
// the broker, so that lost is what was acknowledged and never seen there.
//
// It prints what became of the tasks, writes it to bench/celery-faults.json
// and fails unless no acknowledged publication of ours was lost and nothing
// of ours ran after its acknowledgement.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if os.Getenv(role) != "" {
		exit(work(ctx, os.Args[1], os.Args[2], os.Args[3], straight()))
		return
	}
	tasks := flag.Int("tasks", 100_000, "tasks in each storm")
	peers := flag.Int("peer-tasks", 2000, "tasks in each storm for Celery; 0 leaves it out")
	seed := flag.Uint64("seed", 1, "what the storm is drawn from")
	out := flag.String("o", "bench/celery-faults.json", "file to write to")
	flag.Parse()
	exit(drill(ctx, *tasks, *peers, *seed, *out))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "drill celery:", err)
		os.Exit(1)
	}
}

func drill(ctx context.Context, tasks, peers int, seed uint64, out string) error {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("%w: install it with: apt-get install redis-server", err)
	}
	var rows []row
	var claims error
	for _, power := range []bool{false, true} {
		name := map[bool]string{false: "SIGKILL", true: "power loss"}[power]
		p := plan{seed: seed, tasks: tasks, workers: 3, workerKills: min(60, tasks/50), serverKills: min(12, tasks/200+1), chance: .001, power: power}
		r, err := in(func(dir string) (row, error) { return p.run(ctx, binary, dir, ours{dir: dir}) })
		if err != nil {
			return fmt.Errorf("storm of %s: %w", name, err)
		}
		r.Storm, r.Side = name, "redkit"
		rows = append(rows, r)
		claims = errors.Join(claims, r.hold())
		if peers == 0 {
			continue
		}
		version, err := exec.CommandContext(ctx, interpreter, "-c", "import celery; print(celery.__version__)").Output()
		if err != nil {
			fmt.Println("left out: Celery:", err)
			continue
		}
		p.tasks, p.workerKills, p.serverKills, p.chance = peers, min(20, peers/50), min(6, peers/200+1), .004
		r, err = in(func(dir string) (row, error) { return p.run(ctx, binary, dir, theirs{dir}) })
		if err != nil {
			return fmt.Errorf("storm of %s for Celery: %w", name, err)
		}
		r.Storm, r.Side = name, "Celery "+strings.TrimSpace(string(version))
		rows = append(rows, r)
	}
	if err := write(out, rows); err != nil {
		return err
	}
	show(rows)
	return claims
}

// in runs in a directory that is removed.
func in(run func(dir string) (row, error)) (row, error) {
	dir, err := os.MkdirTemp("", "redkit-drill-")
	if err != nil {
		return row{}, err
	}
	r, err := run(dir)
	return r, errors.Join(err, os.RemoveAll(dir))
}

// hold is the error of a storm in which a claim did not hold, or that was none.
func (r row) hold() error {
	var problems []error
	for what, n := range map[string]int{"acknowledged publications were lost": r.Lost, "runs came after an acknowledgement": r.AfterAck, "runs had a wrong input or came too early": r.Wrong,
		"messages never left the broker": r.Stuck, "messages are on the dead-letter list": r.Dead} {
		if n != 0 {
			problems = append(problems, fmt.Errorf("%s: %d %s, want 0; some: %q", r.Storm, n, what, r.lostIDs[:min(5, len(r.lostIDs))]))
		}
	}
	if r.WorkerKills == 0 || r.ServerKills == 0 || r.Cuts+r.LostReplies == 0 {
		problems = append(problems, fmt.Errorf("%s: it was no storm: %d workers and %d servers killed, %d connections broken", r.Storm, r.WorkerKills, r.ServerKills, r.Cuts+r.LostReplies))
	}
	return errors.Join(problems...)
}

func write(path string, rows []row) error {
	text, err := json.MarshalIndent(map[string]any{"schema": "redkit/drill/v1", "at": time.Now().UTC().Format(time.RFC3339), "cpus": runtime.NumCPU(), "storms": rows}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func show(rows []row) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	line := func(name string, cell func(row) any) {
		fmt.Fprint(w, name)
		for _, r := range rows {
			fmt.Fprintf(w, "\t%v", cell(r))
		}
		fmt.Fprintln(w)
	}
	line("storm", func(r row) any { return r.Storm })
	line("side", func(r row) any { return r.Side })
	line("publications acknowledged", func(r row) any { return r.Tasks })
	line("… refused", func(r row) any { return r.Refused })
	line("workers killed", func(r row) any { return r.WorkerKills })
	line("… ended by themselves", func(r row) any { return r.WorkerEnds })
	line("servers killed", func(r row) any { return r.ServerKills })
	line("connections cut", func(r row) any { return r.Cuts })
	line("replies lost", func(r row) any { return r.LostReplies })
	line("bytes lost with the power", func(r row) any { return r.Unflushed })
	line("acknowledged and lost", func(r row) any { return r.Lost })
	line("runs after an acknowledgement", func(r row) any { return r.AfterAck })
	line("runs with a wrong input or too early", func(r row) any { return r.Wrong })
	causes := map[string]bool{}
	for _, r := range rows {
		for c := range r.Extra {
			causes[c] = true
		}
	}
	for _, c := range slices.Sorted(maps.Keys(causes)) {
		line("runs beyond the first: "+c, func(r row) any { return r.Extra[c] })
	}
	line("left in the broker", func(r row) any { return r.Stuck })
	line("seconds", func(r row) any { return r.Seconds })
}
