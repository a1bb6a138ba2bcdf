// Command redistest measures a clean Redis for a test against the other ways
// to get one, side by side in one run. It prints ratios of medians, writes
// them to bench/redistest.json, and fails when one misses its limit.
//
// Slow rivals run a few times; where a row speaks of 200 tests their time is
// that of one test times 200, which favours them: no test waits for another.
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

	"github.com/redis/go-redis/v9"
)

// A comparison is one row: what we measured, and what it is held against.
type comparison struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Base  string  `json:"base"`
	Of    float64 `json:"of"`
	Unit  string  `json:"unit"`
	// Ratio is Of/Value if more is better ("times faster"), else Value/Of.
	Ratio  float64 `json:"ratio"`
	Faster bool    `json:"faster"`
	Limit  float64 `json:"limit"` // 0: reported only
	Holds  bool    `json:"holds"` // whether Limit is kept
	Note   string  `json:"note,omitempty"`
}

func (c comparison) holds() bool {
	switch {
	case c.Limit == 0:
		return true
	case c.Faster:
		return c.Ratio >= c.Limit
	}
	return c.Ratio <= c.Limit
}

// faster says that ours is so many times faster than base, at least limit.
func faster(name string, ours time.Duration, base string, theirs time.Duration, limit float64, note string) comparison {
	return comparison{Name: name, Value: ms(ours), Base: base, Of: ms(theirs), Unit: "ms", Ratio: ms(theirs) / ms(ours), Faster: true, Limit: limit, Note: note}
}

// within says that ours takes so many times base, at most limit.
func within(name string, ours time.Duration, base string, floor time.Duration, limit float64, note string) comparison {
	return comparison{Name: name, Value: ms(ours), Base: base, Of: ms(floor), Unit: "ms", Ratio: ms(ours) / ms(floor), Limit: limit, Note: note}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

var errLimit = errors.New("a ratio misses its limit")

func main() {
	out := flag.String("o", "bench/redistest.json", "file to write the ratios to")
	image := flag.String("image", firstImage(), "image of the containers; empty leaves them out")
	flag.Parse()
	redis.SetLogger(silent{}) // rivals dial until their server is there
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *image, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench redistest:", err)
		os.Exit(1)
	}
}

// silent is a logger for go-redis that writes nothing.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func run(ctx context.Context, image, out string) error {
	b := &bench{ctx: ctx, image: image}
	sections := []func() ([]comparison, error){b.oneTest, b.boot, b.fakes, b.advance, b.cluster, b.memory, b.linked}
	var results []comparison
	for _, section := range sections {
		rows, err := section()
		if err != nil {
			return err
		}
		results = append(results, rows...)
	}
	if err := write(out, results); err != nil {
		return err
	}
	return show(results)
}

func show(results []comparison) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REDISTEST\tMEASURED\tAGAINST\tMEASURED\tRATIO\tLIMIT\t")
	missed := false
	for _, c := range results {
		verdict, sign := "holds", "<="
		if c.Faster {
			sign = ">="
		}
		switch {
		case c.Limit == 0:
			verdict, sign = "", "reported"
		case !c.holds():
			verdict, missed = "MISSED", true
		}
		limit := sign
		if c.Limit != 0 {
			limit = fmt.Sprintf("%s %g", sign, c.Limit)
		}
		fmt.Fprintf(w, "%s\t%.3g %s\t%s\t%.3g %s\t%.3g\t%s\t%s\n", c.Name, c.Value, c.Unit, c.Base, c.Of, c.Unit, c.Ratio, limit, verdict)
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
	for i := range results {
		results[i].Holds = results[i].holds()
	}
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
