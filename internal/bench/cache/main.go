// Command cache measures reference/cache against the raw client and other
// caches, side by side in one run, prints the ratios and writes them to
// bench/cache.json. It judges nothing: machines differ.
//
//	go run ./internal/bench/cache
//go:build unix

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/redkit-dev/redkit/internal/bench/awake"
)

// A row is one comparison.
type row struct {
	Work       string `json:"work"`
	Goroutines int    `json:"goroutines"`
	Against    string `json:"against"`
	// Reach is the ratio to reach, 0 where the ratio is only reported.
	Reach   float64  `json:"reach,omitempty"`
	Results []result `json:"results"`
}

func main() {
	awake.Main()
	only := flag.String("only", "", "run only the parts whose name holds this text and write no file: entries, many, hot, memory, python, family")
	flag.Parse()
	if err := run(context.Background(), *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench cache:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string) error {
	sleep, err := awake.Keep()
	if err != nil {
		return err
	}
	defer sleep()
	url, stop, err := server(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var rows []row
	for _, part := range []struct {
		name string
		run  func() []row
	}{
		{"entries", func() []row { return entryRows(ctx, url) }},
		{"many", func() []row { return manyRows(ctx, url) }},
		{"hot", func() []row { return hotRows(ctx, url) }},
		{"memory", func() []row { return memoryRows(ctx) }},
		{"python", func() []row { return pythonRows(ctx, url) }},
	} {
		if strings.Contains(part.name, only) {
			rows = append(rows, part.run()...)
		}
	}
	print(rows)
	var family []judging
	if strings.Contains("family", only) {
		family = judgings(ctx)
	}
	for _, j := range family {
		fmt.Printf("the cache family on %s: %d requirements in %.2f s (aim: %.0f s), %s\n", j.Subject, j.Rules, j.Seconds, j.Reach, j.Worst)
	}
	if only != "" {
		return nil
	}
	return write(rows, family)
}

func print(rows []row) {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "work\tgoroutines\tcontender\tns/op\tratio\tcpu\treach\tallocs\textra")
	for _, r := range rows {
		for i, c := range r.Results {
			reach := ""
			if i > 0 && r.Reach > 0 {
				reach = fmt.Sprint(r.Reach)
			}
			fmt.Fprintf(w, "%s\t%d\t%s\t%.0f\t%.3f\t%.3f\t%s\t%.1f\t%+.1f\n", r.Work, r.Goroutines, c.Name, c.NsOp, c.Ratio, c.CPU, reach, c.Allocs, c.Extra)
		}
	}
	w.Flush()
}

func write(rows []row, family []judging) error {
	data, err := json.MarshalIndent(map[string]any{
		"go": runtime.Version(), "cpus": runtime.GOMAXPROCS(0), "rounds": rounds, "rows": rows, "family": family,
	}, "", "\t")
	if err == nil {
		err = os.MkdirAll("bench", 0o755)
	}
	if err == nil {
		err = os.WriteFile("bench/cache.json", append(data, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write bench/cache.json: %w", err)
	}
	return nil
}

// check and sure end the program when the work itself fails: a figure of
// failing work means nothing.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func sure(ok bool) {
	if !ok {
		panic("the entry is not there")
	}
}
