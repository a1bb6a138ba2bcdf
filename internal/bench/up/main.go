// Command up measures how long `mage up` takes until both servers answer, for
// each backend, side by side with what it is built on. It prints ratios of
// medians and writes them to bench/up.json; it fails when one is above its
// limit. A backend that is missing on this machine is left out, and says so.
//
// Measured is the binary of mage -compile: compiling the magefile is mage's
// own affair, and happens once.
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

// A comparison is one ratio: the median of what we do to that of its base.
type comparison struct {
	Name  string  `json:"name"`
	Base  string  `json:"base"` // what it is compared with, in words
	MS    float64 `json:"ms"`
	OfMS  float64 `json:"of_ms"`
	Ratio float64 `json:"ratio"`
	Limit float64 `json:"limit"`
	Runs  int     `json:"runs"`
}

func (c comparison) holds() bool { return c.Ratio <= c.Limit }

var errLimit = errors.New("a ratio is above its limit")

func main() {
	rounds := flag.Int("rounds", 15, "rounds of the fast backends")
	slow := flag.Int("compose-rounds", 5, "rounds of compose; 0 leaves it out")
	out := flag.String("o", "bench/up.json", "file to write the ratios to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *rounds, *slow, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench up:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds, slow int, out string) error {
	dir, err := os.MkdirTemp("", "redkit-bench-up-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := prepare(ctx, dir)
	if err != nil {
		return err
	}
	results, err := b.fast(ctx, rounds)
	if err != nil {
		return err
	}
	if slow > 0 {
		compose, err := b.compose(ctx, slow)
		if err != nil {
			return err
		}
		results = append(results, compose...)
	}
	if err := write(out, results); err != nil {
		return err
	}
	return show(results)
}

func show(results []comparison) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "UP\tMEDIAN\tCOMPARED WITH\tMEDIAN\tRATIO\tLIMIT")
	missed := false
	for _, c := range results {
		verdict := "holds"
		if !c.holds() {
			verdict, missed = "MISSED", true
		}
		fmt.Fprintf(w, "%s\t%.1f ms\t%s\t%.1f ms\t%.2f\t%.2f %s\n", c.Name, c.MS, c.Base, c.OfMS, c.Ratio, c.Limit, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed {
		return errLimit
	}
	return nil
}

func write(path string, results []comparison) error {
	text, err := json.MarshalIndent(map[string]any{
		"schema": "redkit/bench/v1", "at": time.Now().UTC().Format(time.RFC3339), "comparisons": results,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
