// Command fuzz sends a live worker of reference/celery what it cannot read:
// each malformed message that is known to hurt Celery, and then as many others
// as fit into a time, drawn from a seed by changes to the structure and the
// bytes of messages that Celery sends. Some go to remote control.
//
// After each the same process must run the next task, with nothing left in the
// broker, and what was sent must have been run, wait for its time, or be on
// the dead-letter list byte for byte and with a reason. The first message for
// which that is not so ends the drill, and is written where
// go test ./reference/celery -run FuzzWorker finds it. The figures go to
// bench/celery-fuzz.json.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if os.Getenv(role) != "" {
		exit(work(ctx, os.Args[1], bare))
		return
	}
	d := drill{patient: 30 * time.Second}
	flag.DurationVar(&d.last, "for", 10*time.Minute, "how long to draw messages")
	flag.Uint64Var(&d.seed, "seed", 1, "what they are drawn from")
	flag.StringVar(&d.corpus, "corpus", "reference/celery/testdata/fuzz/FuzzWorker", "directory for a message that the worker does not survive")
	out := flag.String("o", "bench/celery-fuzz.json", "file to write the figures to")
	flag.Parse()
	exit(run(ctx, d, *out))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "drill fuzz:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, d drill, out string) error {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("%w: install it with: apt-get install redis-server", err)
	}
	dir, err := os.MkdirTemp("", "redkit-drill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f, err := d.run(ctx, binary, dir)
	f.show()
	return errors.Join(err, write(out, f))
}

func write(path string, f figures) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
