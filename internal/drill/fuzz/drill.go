package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redkit-dev/redkit/internal/drill/malformed"
)

// A drill is how long and with what a worker is fuzzed.
type drill struct {
	last    time.Duration // of the messages that are drawn
	most    int           // how many are; 0 for no limit
	seed    uint64
	patient time.Duration // how long the worker may take for one message
	corpus  string        // where a message that it does not survive is written; "" for nowhere
	env     []string      // added to the worker's
}

// Figures are what a drill came to.
type figures struct {
	Schema   string         `json:"schema"`
	At       string         `json:"at"`
	CPUs     int            `json:"cpus"`
	Seed     uint64         `json:"seed"`
	Seconds  float64        `json:"seconds"`
	Known    []verdict      `json:"known"`             // the messages of the catalogue
	Drawn    int            `json:"drawn"`             // messages put on the queue besides
	Commands int            `json:"commands"`          // messages broadcast to remote control
	Became   map[string]int `json:"became"`            // of those drawn
	Reasons  map[string]int `json:"reasons"`           // of those on the dead-letter list, without what differs
	Failed   int            `json:"failed"`            // messages that the worker did not survive, lost or never finished
	Failure  string         `json:"failure,omitempty"` // of the first
}

// A verdict is what became of a known message.
type verdict struct {
	Name   string `json:"name"`
	Became string `json:"became"`
	Reason string `json:"reason,omitempty"`
}

// commandsEvery is how many messages come to one for remote control, and
// pingEvery how many of those to a ping.
const (
	commandsEvery = 16
	pingEvery     = 16
)

// run starts a worker below dir and fuzzes it.
func (d drill) run(ctx context.Context, binary, dir string) (f figures, err error) {
	start := time.Now()
	f = figures{Schema: "redkit/drill/v1", At: start.UTC().Format(time.RFC3339), CPUs: runtime.NumCPU(), Seed: d.seed, Became: map[string]int{}, Reasons: map[string]int{}}
	t, err := aim(ctx, binary, dir, d.patient, d.env...)
	if err != nil {
		return f, err
	}
	defer func() {
		err = errors.Join(err, t.close())
		f.Seconds = time.Since(start).Round(100 * time.Millisecond).Seconds()
	}()
	if err := d.known(ctx, t, &f); err != nil {
		return f, err
	}
	rng := rand.New(rand.NewPCG(d.seed, 1))
	for n, begun := 0, time.Now(); time.Since(begun) < d.last && (d.most == 0 || n < d.most) && ctx.Err() == nil; n++ {
		if n%commandsEvery == commandsEvery-1 {
			raw := malformed.Command(rng)
			f.Commands++
			err := t.command(ctx, raw)
			if err == nil && f.Commands%pingEvery == 0 {
				err = t.ping(ctx)
			}
			if err != nil {
				return f, f.fail(fmt.Errorf("command %q: %w", short(raw), err))
			}
			continue
		}
		raw := malformed.Draw(rng)
		f.Drawn++
		fate, reason, err := t.send(ctx, raw)
		if err != nil {
			return f, d.keep(&f, raw, err)
		}
		if f.Became[fate]++; fate == dead {
			f.Reasons[class(reason)]++
		}
	}
	return f, ctx.Err()
}

// known sends the catalogue.
func (d drill) known(ctx context.Context, t *target, f *figures) error {
	for _, m := range malformed.Catalogue() {
		fate, reason, err := t.send(ctx, m.Raw)
		if err != nil {
			return d.keep(f, m.Raw, fmt.Errorf("%s: %w", m.Name, err))
		}
		want := cmp.Or(m.Ends, waiting)
		if m.Dead != "" {
			want = dead
		}
		if fate != want || !strings.Contains(reason, m.Dead) {
			return d.keep(f, m.Raw, fmt.Errorf("%s: it became %s %q, want %s for %q", m.Name, fate, reason, want, m.Dead))
		}
		f.Known = append(f.Known, verdict{m.Name, fate, reason})
	}
	return nil
}

// keep writes a message where the fuzz test of the worker takes it from.
func (d drill) keep(f *figures, raw []byte, err error) error {
	err = fmt.Errorf("message %q: %w", short(raw), err)
	if d.corpus == "" {
		return f.fail(err)
	}
	path := filepath.Join(d.corpus, fmt.Sprintf("%x", sha256.Sum256(raw))[:16])
	bad := os.MkdirAll(d.corpus, 0o755)
	if bad == nil {
		bad = os.WriteFile(path, fmt.Appendf(nil, "go test fuzz v1\n[]byte(%q)\n", raw), 0o644)
	}
	return errors.Join(f.fail(fmt.Errorf("%w\nit is in %s", err, path)), bad)
}

func (f *figures) fail(err error) error {
	f.Failed++
	f.Failure = err.Error()
	return err
}

func short(raw []byte) []byte { return raw[:min(len(raw), 300)] }

var differs = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[0-9]+`)

// class is a reason without what differs from message to message.
func class(reason string) string {
	reason, _, _ = strings.Cut(reason, ": ")
	return differs.ReplaceAllString(reason, "…")
}

func (f *figures) show() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, k := range f.Known {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Name, k.Became, k.Reason)
	}
	fmt.Fprintf(w, "\nmessages drawn\t%d\ncommands drawn\t%d\nseconds\t%.0f\n", f.Drawn, f.Commands, f.Seconds)
	for _, fates := range []map[string]int{f.Became, f.Reasons} {
		for _, name := range slices.Sorted(maps.Keys(fates)) {
			fmt.Fprintf(w, "… %s\t%d\n", name, fates[name])
		}
	}
	fmt.Fprintf(w, "not survived, lost or never finished\t%d\n", f.Failed)
}
