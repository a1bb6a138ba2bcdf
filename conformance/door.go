package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Check judges subject without a *testing.T and returns the report.
func (s Suite[P]) Check(ctx context.Context, subject Subject[P], opts Options) *Report {
	report, n := s.begin(subject, opts)
	if n == nil {
		return report
	}
	for _, r := range s.Requirements {
		if r.Withdrawn != "" || !n.opts.Only(r.ID) {
			continue
		}
		if err := ctx.Err(); err != nil {
			report.Broken = "stopped: " + err.Error()
			return report
		}
		report.Results = append(report.Results, n.run(ctx, r))
	}
	return report
}

// Test judges subject in a subtest per requirement, named by its ID, and
// returns the report. Each subtest carries its result as the attribute
// "conformance", so that a report can be rendered from go test -json.
func (s Suite[P]) Test(t *testing.T, subject Subject[P]) *Report {
	t.Helper()
	report, n := s.begin(subject, Options{})
	if n == nil {
		t.Fatal(report.Broken)
	}
	where := testPackage()
	n.opts.Rerun = func(id ID) string {
		return fmt.Sprintf("go test -run '^%s$/^%s$' %s", strings.ReplaceAll(regexp.QuoteMeta(t.Name()), "/", "$/^"), id, where)
	}
	live := 0
	for _, r := range s.Requirements {
		if r.Withdrawn != "" {
			continue
		}
		live++
		t.Run(string(r.ID), func(t *testing.T) {
			n.opts.Logf = t.Logf
			res := n.inClock(t, r)
			report.Results = append(report.Results, res)
			attribute(t, report, res)
			switch {
			case res.Status >= Fail:
				t.Errorf("%s\n%s", res.Status, res.Message())
			case res.Status != Pass:
				t.Skipf("%s: %s", res.Status, res.Reason)
			}
		})
	}
	t.Logf("%s: %s", subject.Name, report.Headline())
	// A run that -run narrowed to some subtests is no empty run.
	if len(report.Results) == live && report.judged() == 0 {
		t.Errorf("%s: no requirement was judged: %s", subject.Name, report.Headline())
	}
	return report
}

// attribute writes res into the stream of go test -json. A value of t.Attr
// may not hold a newline, and compact JSON holds none.
func attribute(t *testing.T, report *Report, res Result) {
	one := Report{Family: report.Family, Subject: report.Subject, Started: report.Started, Results: []Result{res}}
	value, err := json.Marshal(one)
	if err != nil {
		t.Fatalf("write the result: %v", err)
	}
	t.Attr("conformance", string(value))
}

// begin opens a report. The runner is nil if subject cannot be judged at all,
// which the report then says.
func (s Suite[P]) begin(subject Subject[P], opts Options) (*Report, *runner[P]) {
	report := &Report{Family: s.Family, Subject: subject.Name, Started: time.Now()}
	if err := s.accept(subject); err != nil {
		report.Broken = err.Error()
		return report, nil
	}
	return report, &runner[P]{suite: s, subject: subject, opts: opts.filled()}
}

// accept refuses a subject that cannot mean what it says.
func (s Suite[P]) accept(subject Subject[P]) error {
	if subject.Name == "" || subject.New == nil {
		return fmt.Errorf("subject %q: Name and New are needed", subject.Name)
	}
	if err := s.checkClaims(subject.Claims); err != nil {
		return fmt.Errorf("subject %s: %w", subject.Name, err)
	}
	known := map[ID]bool{}
	for _, r := range s.Requirements {
		known[r.ID] = true
	}
	for id := range subject.Waive {
		if !known[id] {
			return fmt.Errorf("subject %s: waiver %s: there is no such requirement", subject.Name, id)
		}
	}
	return nil
}

// inClock runs r inside a bubble if the subject's clock is one. A deadlock at
// the end of the bubble is a goroutine that nobody stopped.
func (n *runner[P]) inClock(t *testing.T, r Requirement[P]) (res Result) {
	if _, bubble := n.subject.Clock.(Bubble); !bubble {
		return n.run(t.Context(), r)
	}
	defer func() {
		if v := recover(); v != nil && res.Status < Fail {
			res.Status, res.Reason = Error, fmt.Sprintf("the bubble did not end: %v", v)
			res.Rerun = n.opts.Rerun(r.ID)
		}
	}()
	synctest.Test(t, func(t *testing.T) { res = n.run(t.Context(), r) })
	return res
}

// testPackage is the import path of the first caller outside the suites.
func testPackage() string {
	frame := callers(3, func(f runtime.Frame) bool { return strings.HasSuffix(f.File, "_test.go") })
	slash := strings.LastIndexByte(frame.Function, '/') + 1
	name, _, _ := strings.Cut(frame.Function[slash:], ".")
	return frame.Function[:slash] + strings.TrimSuffix(name, "_test")
}
