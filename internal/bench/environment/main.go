// Command environment measures the local environment against the same by
// hand, in turns: compose up of each topology against `up -d` of the same file
// and readiness, the native topologies against those of compose, a seed of a
// million keys against redis-cli --pipe of the same data, and a backup of them
// against BGSAVE and a copy of its file. It prints ratios of medians, writes them to bench/environment.json, and fails when one
// misses its limit.
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
	"slices"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"
)

// A comparison is one ratio of medians.
type comparison struct {
	Name  string  `json:"name"`
	MS    float64 `json:"ms"`
	Base  string  `json:"base"`
	OfMS  float64 `json:"of_ms"`
	Ratio float64 `json:"ratio"`
	Limit float64 `json:"limit"`
	Runs  int     `json:"runs"`
	Unit  string  `json:"unit"` // what the ratio is: "time" (at most Limit) or "speed" (at least Limit)
}

func (c comparison) holds() bool {
	if c.Unit == "speed" {
		return c.Ratio >= c.Limit
	}
	return c.Ratio <= c.Limit
}

func compare(name string, ours []time.Duration, base string, theirs []time.Duration, unit string, limit float64) comparison {
	a, b := median(ours), median(theirs)
	c := comparison{Name: name, MS: ms(a), Base: base, OfMS: ms(b), Ratio: a.Seconds() / b.Seconds(), Limit: limit, Runs: len(ours), Unit: unit}
	if unit == "speed" {
		c.Ratio = b.Seconds() / a.Seconds()
	}
	return c
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func main() {
	rounds := flag.Int("rounds", 5, "rounds of each topology")
	keys := flag.Int("keys", 1_000_000, "keys of the seed")
	only := flag.String("only", "", "topologies or large; empty for all")
	out := flag.String("o", "bench/environment.json", "file to write the ratios to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	redis.SetLogger(silent{}) // it tells of every refused connection
	if err := run(ctx, *only, *rounds, *keys, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench environment:", err)
		os.Exit(1)
	}
}

var errLimit = errors.New("a ratio misses its limit")

func run(ctx context.Context, only string, rounds, keys int, out string) error {
	dir, err := os.MkdirTemp("", "redkit-bench-environment-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var results []comparison
	for _, part := range []struct {
		name    string
		measure func() ([]comparison, error)
	}{
		{"topologies", func() ([]comparison, error) { return topologies(ctx, dir, rounds) }},
		{"large", func() ([]comparison, error) { return large(ctx, dir, keys, min(rounds, 3)) }},
	} {
		if only != "" && only != part.name {
			continue
		}
		found, err := part.measure()
		if err != nil {
			return err
		}
		results = append(results, found...)
	}
	if len(results) == 0 {
		return fmt.Errorf("-only=%s: want topologies or large", only)
	}
	text, err := json.MarshalIndent(map[string]any{
		"schema": "redkit/bench/v1", "at": time.Now().UTC().Format(time.RFC3339), "comparisons": results,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out, append(text, '\n'), 0o644); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tMEDIAN\tCOMPARED WITH\tMEDIAN\tRATIO\tLIMIT")
	missed := false
	for _, c := range results {
		verdict := "holds"
		if !c.holds() {
			verdict, missed = "MISSED", true
		}
		fmt.Fprintf(w, "%s\t%.0f ms\t%s\t%.0f ms\t%.2f of its %s\t%.2f %s\n", c.Name, c.MS, c.Base, c.OfMS, c.Ratio, c.Unit, c.Limit, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed {
		return errLimit
	}
	return nil
}
