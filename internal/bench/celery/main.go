// Command celery measures reference/celery against the raw client, asynq and
// Celery itself, on one server started for the run, in turns. It prints
// ratios of medians and writes them to bench/celery.json; it fails when one
// misses its limit. What is missing on this machine is left out, and says so.
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
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redkit-dev/redkit/internal/bench/awake"
)

// A row is one comparison. Ratio is ours over the base's rate, or time.
type row struct {
	Name  string  `json:"name"`
	Base  string  `json:"base"` // "" if the value is only reported
	Unit  string  `json:"unit"`
	Ours  float64 `json:"ours"`
	Of    float64 `json:"of,omitempty"`
	Ratio float64 `json:"ratio,omitempty"`
	Limit float64 `json:"reach,omitempty"` // 0: reported only
	Less  bool    `json:"less,omitempty"`  // the ratio, or without a base the value, must be at most the limit
	// Reached is set by write: whether it is within the limit; nil without one.
	Reached *bool `json:"reached,omitempty"`
}

func (r row) value() float64 {
	if r.Base == "" {
		return r.Ours
	}
	return r.Ratio
}

func (r row) verdict() string {
	switch {
	case r.Limit == 0:
		return "reported"
	case r.Less && r.value() <= r.Limit, !r.Less && r.value() >= r.Limit:
		return "holds"
	}
	return "MISSED"
}

var errLimit = errors.New("a ratio misses its limit")

func main() {
	awake.Main()
	rounds := flag.Int("rounds", 21, "rounds of each comparison, of which the median counts")
	span := flag.Duration("span", 100*time.Millisecond, "time of one round")
	only := flag.String("only", "", "parts to measure, separated by commas; all if empty: "+strings.Join(slices.Collect(names), ", "))
	out := flag.String("o", "bench/celery.json", "file to write the ratios to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if addr := os.Getenv(workerAt); addr != "" {
		if err := reside(ctx, addr); err != nil {
			fmt.Fprintln(os.Stderr, "bench celery:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, *rounds, *span, *only, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench celery:", err)
		os.Exit(1)
	}
}

// A part is one thing that is measured.
type part struct {
	name string
	run  func(*bench, context.Context) ([]row, error)
}

// parts are what is measured, in order.
var parts = []part{{"publish", (*bench).publish}, {"batch", (*bench).batch}, {"python", (*bench).python}, {"consume", (*bench).consume},
	{"latency", (*bench).latency}, {"eager", (*bench).eager}, {"memory", (*bench).memory}}

// measure keeps the processors awake meanwhile. A latency is that of a program
// that waits, and has what waking a processor costs in it.
func (p part) measure(ctx context.Context, b *bench) ([]row, error) {
	if p.name != "latency" {
		sleep, err := awake.Keep()
		if err != nil {
			return nil, err
		}
		defer sleep()
	}
	return p.run(b, ctx)
}

func names(yield func(string) bool) {
	for _, p := range parts {
		if !yield(p.name) {
			return
		}
	}
}

func run(ctx context.Context, rounds int, span time.Duration, only, out string) error {
	wanted := slices.Collect(names)
	if only != "" {
		wanted = strings.Split(only, ",")
	}

	b, err := prepare(ctx, rounds, span)
	if err != nil {
		return err
	}
	defer b.close()
	var rows []row
	for _, part := range parts {
		if !slices.Contains(wanted, part.name) {
			continue
		}
		more, err := part.measure(ctx, b)
		if err != nil {
			return fmt.Errorf("measure %s: %w", part.name, err)
		}
		rows = append(rows, more...)
	}
	if err := write(out, rows); err != nil {
		return err
	}
	return show(rows)
}

func show(rows []row) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WORK\tOURS\tCOMPARED WITH\tITS\tRATIO\tLIMIT")
	missed := false
	for _, r := range rows {
		limit := ""
		if r.Limit != 0 {
			limit = map[bool]string{true: "at most", false: "at least"}[r.Less] + fmt.Sprintf(" %.2f ", r.Limit)
		}
		missed = missed || r.verdict() == "MISSED"
		of, ratio := "", ""
		if r.Base != "" {
			of, ratio = fmt.Sprintf("%.1f %s", r.Of, r.Unit), fmt.Sprintf("%.2f", r.Ratio)
		}
		fmt.Fprintf(w, "%s\t%.1f %s\t%s\t%s\t%s\t%s%s\n", r.Name, r.Ours, r.Unit, r.Base, of, ratio, limit, r.verdict())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed {
		return errLimit
	}
	return nil
}

func write(path string, rows []row) error {
	for i, r := range rows {
		if r.Limit != 0 {
			reached := r.verdict() == "holds"
			rows[i].Reached = &reached
		}
	}
	text, err := json.MarshalIndent(map[string]any{"schema": "redkit/bench/v1", "at": time.Now().UTC().Format(time.RFC3339),
		"cpus": runtime.NumCPU(), "comparisons": rows}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// A way is one of the things compared: it works for about a time and returns
// how many operations it did.
type way func(ctx context.Context, span time.Duration) (int, error)

// rates measures ways in turns and returns the median rate of each.
func (b *bench) rates(ctx context.Context, ways ...way) ([]float64, error) {
	all := make([][]float64, len(ways))
	for round := range b.rounds + 1 { // the first warms up
		for i, work := range ways {
			if err := b.client.FlushDB(ctx).Err(); err != nil {
				return nil, err
			}
			start := time.Now()
			n, err := work(ctx, b.span)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[i] = append(all[i], float64(n)/time.Since(start).Seconds())
			}
		}
	}
	medians := make([]float64, len(ways))
	for i := range all {
		medians[i] = median(all[i])
	}
	return medians, nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
