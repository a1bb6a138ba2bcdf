// Command recovery kills a broker under a publishing load and counts the
// acknowledged messages that are gone after its restart, for each setting of
// appendfsync and in two ways: SIGKILL, which leaves the kernel alive with all
// that the server wrote, and a power loss, after which the append-only file is
// cut to what an fsync had brought to the disk. strace tells when that was.
//
// It fails when appendfsync always loses anything, when SIGKILL does, and when
// the power loss under appendfsync no loses nothing: then it was none, and the
// zeros of the other rounds prove nothing. The figures go to
// bench/recovery.json.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"text/tabwriter"
	"time"
)

func main() {
	messages := flag.Int("messages", 5000, "acknowledged publishes before a broker is killed")
	limit := flag.Duration("limit", 2*time.Minute, "time limit of each of the six rounds")
	out := flag.String("o", "bench/recovery.json", "file to write the figures to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, drill{messages: *messages, limit: *limit}, *out); err != nil {
		fmt.Fprintln(os.Stderr, "drill recovery:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, d drill, out string) error {
	d, err := d.find()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "redkit-drill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	rounds, err := d.all(ctx, dir)
	if err != nil {
		return err
	}
	if err := show(rounds); err != nil {
		return err
	}
	return errors.Join(verdict(rounds), write(out, rounds))
}

// all makes every round, one after the other.
func (d drill) all(ctx context.Context, dir string) ([]round, error) {
	var rounds []round
	for _, appendfsync := range []string{"always", "everysec", "no"} {
		for _, kill := range []string{killed, power} {
			r, err := d.run(ctx, dir, appendfsync, kill)
			if err != nil {
				return nil, fmt.Errorf("appendfsync %s, %s: %w", appendfsync, kill, err)
			}
			rounds = append(rounds, r)
		}
	}
	return rounds, nil
}

// verdict joins what the rounds did wrong.
func verdict(rounds []round) error {
	var errs []error
	for _, r := range rounds {
		if r.judged != nil {
			errs = append(errs, fmt.Errorf("appendfsync %s, %s: %w", r.AppendFsync, r.Kill, r.judged))
		}
	}
	return errors.Join(errs...)
}

func show(rounds []round) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "APPENDFSYNC\tKILLED BY\tACKNOWLEDGED\tLOST\tFILE\tON DISK\tFSYNCS\tRESTORED")
	for _, r := range rounds {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d B\t%d B\t%d\t%d of %d\n", r.AppendFsync, r.Kill, r.Acked, r.Lost, r.Bytes, r.Synced, r.Syncs, r.Restored, saved)
	}
	return w.Flush()
}

func write(path string, rounds []round) error {
	text, err := json.MarshalIndent(map[string]any{"rounds": rounds}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
