package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/redistest"
)

// A target is what a command line says of an adapter.
type target struct {
	family string // "" means those of its greeting
	entry  string // of CACHES, as JSON
	claims string // capabilities, separated by commas, beyond those of its greeting
}

// remote are the subjects that the adapter with this command line serves:
// itself, and what is behind it. notes is told what cannot be judged.
func (t target) remote(ctx context.Context, command []string, notes io.Writer) ([]judged, error) {
	name := strings.Join(command, " ")
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("%w: remote: find the adapter: %w", errUsage, err)
	}
	entry, err := readEntry(t.entry)
	if err != nil {
		return nil, err
	}
	sound := true // until the adapter itself is judged
	all := []judged{{name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
		report := adaptertest.Suite().Check(ctx, remote.Adapter(name, command...), opts)
		sound = report.Broken == "" && report.Status() < conformance.Fail || len(report.Results) == 0
		return report
	}}}
	families, err := t.families(ctx, command)
	if errors.Is(err, errUsage) {
		return nil, err
	}
	if err != nil {
		fmt.Fprintln(notes, "only the adapter itself is judged:", err)
		return all, nil
	}
	for _, family := range families {
		all = append(all, judged{name, func(ctx context.Context, opts conformance.Options) *conformance.Report {
			broken := func(err error) *conformance.Report {
				return &conformance.Report{Family: strings.ToUpper(family), Subject: name, Started: time.Now(), Broken: err.Error()}
			}
			if !sound {
				return broken(errors.New("not judged, as the adapter itself fails"))
			}
			p, err := remote.Start(ctx, command[0], command[1:]...)
			if err != nil {
				return broken(err)
			}
			report := t.judge(ctx, p, name, family, entry, opts)
			if err := p.Close(); err != nil && report.Broken == "" {
				report.Broken = err.Error()
			}
			return report
		}})
	}
	return all, nil
}

// judge judges what p serves for family.
func (t target) judge(ctx context.Context, p *remote.Process, name, family string, entry remote.Entry, opts conformance.Options) *conformance.Report {
	served, err := p.Served(family)
	if err != nil {
		return &conformance.Report{Family: strings.ToUpper(family), Subject: name, Started: time.Now(), Broken: err.Error()}
	}
	for _, c := range strings.FieldsFunc(t.claims, func(r rune) bool { return r == ',' || r == ' ' }) {
		served.Claims = append(served.Claims, conformance.Capability(c))
	}
	switch family {
	case "broker":
		return brokertest.Suite().Check(ctx, originals.BrokerOf(p, name, served), opts)
	case "result":
		return resulttest.Suite().Check(ctx, originals.ResultsOf(p, name, served), opts)
	case "task":
		return tasktest.Suite().Check(ctx, originals.TasksOf(p, name, served), opts)
	case "layer":
		return layertest.Suite().Check(ctx, originals.LayerOf(p, name, entry, served), opts)
	}
	return cachetest.Suite().Check(ctx, adapted(name, p, entry, served), opts)
}

// families are those that -family or the adapter's greeting names.
func (t target) families(ctx context.Context, command []string) ([]string, error) {
	known := []string{"cache", "broker", "result", "task", "layer"}
	if t.family != "" {
		if !slices.Contains(known, t.family) {
			return nil, fmt.Errorf("%w: -family: %q cannot be judged behind an adapter: want one of %q", errUsage, t.family, known)
		}
		return []string{t.family}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	p, err := remote.Start(ctx, command[0], command[1:]...)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(p.Greeting().Families))
	if err := p.Close(); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New(`its greeting names no family: {"protocol": 1, "families": {"cache": {}}}, or give -family=cache`)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("its greeting names the family %q: want some of %q", name, known)
		}
	}
	return names, nil
}

// readEntry reads an entry of CACHES, whose whole numbers are integers.
func readEntry(text string) (remote.Entry, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var entry map[string]any
	if err := dec.Decode(&entry); err != nil {
		return nil, fmt.Errorf("%w: -entry: want an entry of CACHES as a JSON object: %w", errUsage, err)
	}
	numbers(entry)
	return entry, nil
}

func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // what is too large is an infinity
		return f
	}
	return v
}

// adapted is the subject behind an adapter. Where LOCATION is a server's
// address each instance gets a free database of it; anywhere else it is
// emptied, which its user has been told.
func adapted(name string, p *remote.Process, entry remote.Entry, served remote.Served) cachetest.Subject {
	return cachetest.Subject{Name: name, Claims: served.Claims, Profiles: served.Profiles, Waive: served.Waive, New: func(tb conformance.TB) cachetest.Cache {
		own := remote.Entry{}
		for k, v := range entry {
			own[k] = v
		}
		location, _ := own["LOCATION"].(string)
		_, err := address(location)
		onServer := err == nil
		switch {
		case onServer:
			srv := redistest.Start(tb, redistest.External(location))
			own["LOCATION"] = srv.URL()
			tb.Equip(conformance.Equipment{Clock: srv})
		case served.Clock:
			tb.Equip(conformance.Equipment{Clock: p})
		}
		c, err := p.Open(tb.Context(), own)
		if err == nil && !onServer {
			err = c.Clear(tb.Context())
		}
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() {
			if err := c.Drop(context.Background()); err != nil {
				tb.Errorf("%v", err)
			}
		})
		return c
	}}
}
