package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/conformance"
)

// verdicts are the statuses of a report by ID, for comparing.
func verdicts(r *conformance.Report) map[string]string {
	got := map[string]string{}
	for _, res := range r.Results {
		got[strings.TrimPrefix(string(res.ID), "TOY-")] = res.Status.String()
	}
	return got
}

func TestCheckJudgesEachRequirement(t *testing.T) {
	t.Parallel()
	good := map[string]string{"BAS-001": "pass", "BAS-002": "pass", "OPT-001": "skip", "OPT-002": "pass", "OPT-003": "skip"}
	with := func(changes ...string) map[string]string {
		want := map[string]string{}
		for id, status := range good {
			want[id] = status
		}
		for i := 0; i < len(changes); i += 2 {
			want[changes[i]] = changes[i+1]
		}
		return want
	}
	all := func(status string) map[string]string {
		return with("BAS-001", status, "BAS-002", status, "OPT-001", status, "OPT-002", status)
	}
	subject := func(edit func(*conformance.Subject[box])) conformance.Subject[box] {
		s := onPaper(nil)
		edit(&s)
		return s
	}
	taking := func(take func(ctx context.Context) (string, error)) conformance.Subject[box] {
		return onPaper(func(_ conformance.TB, b *paper) box { return broken{b, take} })
	}
	tests := []struct {
		name    string
		subject conformance.Subject[box]
		want    map[string]string
	}{
		{"a good box", onPaper(nil), good},
		{"a box that can be shaken", onPaper(func(_ conformance.TB, b *paper) box { return rattle{b, true} }), with("OPT-001", "pass")},
		{"a box that shakes badly", onPaper(func(_ conformance.TB, b *paper) box { return rattle{b, false} }), with("OPT-001", "fail")},
		{"a box that says it cannot be shaken", onPaper(func(_ conformance.TB, b *paper) box { return mute{rattle{b, false}} }), good},
		{"nil, nil", taking(func(context.Context) (string, error) { return "", nil }), with("BAS-001", "fail", "BAS-002", "fail")},
		{"a panic", taking(func(context.Context) (string, error) { panic("ouch") }), with("BAS-001", "fail", "BAS-002", "fail")},
		{"a hang", taking(func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }), with("BAS-001", "fail", "BAS-002", "fail")},
		{"a loud box that does not say so", onPaper(func(_ conformance.TB, b *paper) box { return shouting{b} }), with("OPT-002", "fail")},
		{"a loud box that says so", subject(func(s *conformance.Subject[box]) { s.Claims = []conformance.Capability{loud} }), with("OPT-002", "skip")},
		{"the strict profile without faults", subject(func(s *conformance.Subject[box]) { s.Profiles = []conformance.Profile{conformance.Strict} }), with("OPT-003", "unproven")},
		{"a constructor that panics", onPaper(func(conformance.TB, *paper) box { panic("no paper") }), all("error")},
		{"a constructor that fails", onPaper(func(tb conformance.TB, _ *paper) box { tb.Fatalf("no paper"); return nil }), all("error")},
		{"a constructor that skips", onPaper(func(tb conformance.TB, _ *paper) box { tb.Skipf("no paper here"); return nil }), all("unproven")},
		{"a constructor that hangs", onPaper(func(tb conformance.TB, _ *paper) box { <-tb.Context().Done(); return nil }), all("error")},
		{"a clean-up that panics", onPaper(func(tb conformance.TB, b *paper) box { tb.Cleanup(func() { panic("torn") }); return b }), with("BAS-001", "error", "BAS-002", "error", "OPT-002", "error")},
		{"no clock worth the name", subject(func(s *conformance.Subject[box]) { s.Equipment.Clock = conformance.Wall{Budget: time.Nanosecond} }), with("BAS-002", "unproven")},
		{"a bubble clock outside a bubble", subject(func(s *conformance.Subject[box]) { s.Equipment.Clock = conformance.Bubble{} }), with("BAS-002", "error")},
		{"a waiver that is needed", func() conformance.Subject[box] {
			s := taking(func(context.Context) (string, error) { return "", nil })
			s.Waive = map[conformance.ID]string{"TOY-BAS-001": "old paper"}
			return s
		}(), with("BAS-001", "waived", "BAS-002", "fail")},
		{"a waiver that is not needed", subject(func(s *conformance.Subject[box]) { s.Waive = map[conformance.ID]string{"TOY-BAS-001": "old paper"} }), with("BAS-001", "fail")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report := toySuite().Check(t.Context(), tt.subject, conformance.Options{Watchdog: 300 * time.Millisecond})
			if diff := cmp.Diff(tt.want, verdicts(report)); diff != "" {
				t.Errorf("Check(%s) (-want +got):\n%s\n%v", tt.name, diff, report.Err())
			}
		})
	}
}

// TestADeclinedCapabilityIsAskedFor shows that a row which declines one binds
// only a subject that has the methods and says that it lacks what is behind.
func TestADeclinedCapabilityIsAskedFor(t *testing.T) {
	t.Parallel()
	suite := toySuite()
	suite.Requirements = append(suite.Requirements, toyRow{ID: "TOY-OPT-004", Declines: shakes, Says: "A box that cannot be shaken MUST NOT report true.", Why: "under-claims",
		Check: func(p *conformance.Probe, b box) {
			if b.(shaker).Shake() {
				p.Errorf("Shake() = true, want false")
			}
		}})
	if err := suite.Laws(); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(b *paper) box
		want   conformance.Status
	}{
		"no such method":           {func(b *paper) box { return b }, conformance.Skip},
		"the capability":           {func(b *paper) box { return rattle{b, true} }, conformance.Skip},
		"declined, and refused":    {func(b *paper) box { return mute{rattle{b, false}} }, conformance.Pass},
		"declined, and yet served": {func(b *paper) box { return mute{rattle{b, true}} }, conformance.Fail},
	}
	for name, tt := range tests {
		subject := onPaper(func(_ conformance.TB, b *paper) box { return tt.change(b) })
		only := func(id conformance.ID) bool { return id == "TOY-OPT-004" }
		if got := suite.Check(t.Context(), subject, conformance.Options{Only: only}).Results[0]; got.Status != tt.want {
			t.Errorf("%s: %s %s, want %s", name, got.Status, got.Message(), tt.want)
		}
	}
}

// shouting takes any text.
type shouting struct{ *paper }

func (b shouting) Put(ctx context.Context, text string, lifetime time.Duration) error {
	return b.paper.Put(ctx, strings.ToLower(text), lifetime)
}

func TestCheckFindsGoroutinesThatOutliveTheInstance(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	subject := onPaper(func(_ conformance.TB, b *paper) box {
		go linger(stop) // ended by the test, waited for by nobody: the leak under test
		return b
	})
	only := func(id conformance.ID) bool { return id == "TOY-BAS-001" }
	opts := conformance.Options{Only: only, Patience: time.Millisecond}
	if got := toySuite().Check(t.Context(), subject, opts).Results[0]; got.Status != conformance.Error || !strings.Contains(got.Reason, "linger") {
		t.Errorf("Check(a subject that leaks) = %s: %s, want error naming linger", got.Status, got.Reason)
	}
	subject.Keeps = []string{"conformance_test.linger"}
	if got := toySuite().Check(t.Context(), subject, opts).Results[0]; got.Status != conformance.Pass {
		t.Errorf("Check(a subject that keeps a goroutine and says so) = %s: %s, want pass", got.Status, got.Reason)
	}
}

func linger(stop <-chan struct{}) { <-stop }

// TestALeakIsBlamedOnNobodyElse judges sound subjects after one that leaked:
// what they are known by must not come again, as addresses do.
func TestALeakIsBlamedOnNobodyElse(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	leak := true
	subject := onPaper(func(_ conformance.TB, b *paper) box {
		if leak {
			go linger(stop) // ended by the test
		}
		return b
	})
	opts := conformance.Options{Only: func(id conformance.ID) bool { return id == "TOY-BAS-001" }, Patience: time.Millisecond}
	for range 50 {
		toySuite().Check(t.Context(), subject, opts)
	}
	leak = false
	for range 100 {
		runtime.GC()
		if got := toySuite().Check(t.Context(), subject, opts).Results[0]; got.Status != conformance.Pass {
			t.Fatalf("Check(a sound subject) = %s: %s, want pass", got.Status, got.Reason)
		}
	}
}

func TestCheckRefusesSubjectsThatCannotMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		edit func(*conformance.Subject[box])
		want string
	}{
		{func(s *conformance.Subject[box]) { s.Name = "" }, "Name and New are needed"},
		{func(s *conformance.Subject[box]) { s.New = nil }, "Name and New are needed"},
		{func(s *conformance.Subject[box]) { s.Claims = []conformance.Capability{"toy.sings"} }, `claim "toy.sings": TOY has no such capability`},
		{func(s *conformance.Subject[box]) { s.Claims = []conformance.Capability{shakes} }, "found by its method"},
		{func(s *conformance.Subject[box]) { s.Waive = map[conformance.ID]string{"TOY-BAS-999": "x"} }, "waiver TOY-BAS-999: there is no such requirement"},
	}
	for _, tt := range tests {
		s := onPaper(nil)
		tt.edit(&s)
		report := toySuite().Check(t.Context(), s, conformance.Options{})
		if err := report.Err(); err == nil || !strings.Contains(err.Error(), tt.want) || report.Status() != conformance.Error {
			t.Errorf("Check = %s, %v, want error, %q", report.Status(), err, tt.want)
		}
	}
}

func TestAReportInWhichNothingRanIsAnError(t *testing.T) {
	t.Parallel()
	none := conformance.Options{Only: func(conformance.ID) bool { return false }}
	report := toySuite().Check(t.Context(), onPaper(nil), none)
	if err := report.Err(); err == nil || report.Status() != conformance.Error || report.Headline() != "nothing ran" {
		t.Errorf("a report of nothing = %s, %v, %q, want error", report.Status(), err, report.Headline())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := toySuite().Check(ctx, onPaper(nil), conformance.Options{}).Err(); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("Check with a cancelled context: %v, want an error that says so", err)
	}
}

func TestHeadlineCountsAndNeverDivides(t *testing.T) {
	t.Parallel()
	report := toySuite().Check(t.Context(), onPaper(func(_ conformance.TB, b *paper) box { return rattle{b, false} }), conformance.Options{})
	const want = "4 MUST: 3 pass, 1 skip; 1 SHOULD: 1 fail"
	if got := report.Headline(); got != want {
		t.Errorf("Headline() = %q, want %q", got, want)
	}
}

func TestLaws(t *testing.T) {
	t.Parallel()
	if err := toySuite().Laws(); err != nil {
		t.Errorf("Laws(toy) = %v, want nil", err)
	}
	check := func(*conformance.Probe, box) {}
	bad := []struct {
		row  toyRow
		want string
	}{
		{toyRow{ID: "TOY-BAS-1", Says: "It MUST be.", Why: "w", Check: check}, "an ID reads TOY-AAA-000"},
		{toyRow{ID: "BOX-BAS-001", Says: "It MUST be.", Why: "w", Check: check}, "an ID reads TOY-AAA-000"},
		{toyRow{ID: "TOY-OPT-003", Says: "It MUST be.", Why: "w", Check: check}, "used twice"},
		{toyRow{ID: "TOY-OPT-002", Says: "It MUST be.", Why: "w", Check: check}, "comes after TOY-OPT-003"},
		{toyRow{ID: "TOY-XXX-001", Says: "It MUST be.", Why: "w", Check: check}, "its area XXX has no title"},
		{toyRow{ID: "TOY-OPT-004", Says: "It is.", Why: "w", Check: check}, "want exactly one of RFC 2119"},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be and MAY go.", Why: "w", Check: check}, "want exactly one of RFC 2119"},
		{toyRow{ID: "TOY-OPT-004", Says: "It SHOULD be.", Why: "w", Check: check}, "says SHOULD at level MUST"},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be", Why: "w", Check: check}, "no full stop"},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be.", Check: check}, "names no source"},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be.", Why: "w"}, "has a check false"},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be.", Why: "w", Check: check, Needs: []conformance.Capability{"toy.x"}}, `knows no capability "toy.x"`},
		{toyRow{ID: "TOY-OPT-004", Says: "It MUST be.", Why: "w", Check: check, Declines: "toy.y"}, `knows no capability "toy.y"`},
	}
	for _, tt := range bad {
		s := toySuite()
		s.Requirements = append(s.Requirements, tt.row)
		if err := s.Laws(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Laws with %+v = %v, want %q", tt.row.ID, err, tt.want)
		}
	}
	s := toySuite()
	s.Features = append(s.Features, conformance.Feature[box]{Name: "toy.idle"})
	if err := s.Laws(); err == nil || !strings.Contains(err.Error(), "toy.idle: no requirement needs it") {
		t.Errorf("Laws with an idle capability = %v, want it named", err)
	}
}

func TestReportErrJoinsFailAndError(t *testing.T) {
	t.Parallel()
	report := &conformance.Report{Subject: "s", Results: []conformance.Result{
		{ID: "TOY-BAS-001", Status: conformance.Pass},
		{ID: "TOY-BAS-002", Status: conformance.Fail, Failures: []conformance.Failure{{Text: "Take() = 1, want 2"}}},
		{ID: "TOY-OPT-001", Status: conformance.Error, Reason: "boot"},
	}}
	err := report.Err()
	if err == nil {
		t.Fatal("Err() = nil, want both")
	}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 2 {
		t.Errorf("Err() = %v, want two errors joined", err)
	}
	for _, want := range []string{"TOY-BAS-002: fail", "Take() = 1, want 2", "TOY-OPT-001: error", "boot"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Err() = %v, want it to name %q", err, want)
		}
	}
}

func TestStatusText(t *testing.T) {
	t.Parallel()
	for s := conformance.Pass; s <= conformance.Error; s++ {
		text, _ := s.MarshalText()
		var back conformance.Status
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %v", text, back, err, s)
		}
	}
	var s conformance.Status
	if err := s.UnmarshalText([]byte("fine")); err == nil {
		t.Error(`UnmarshalText("fine") = nil, want an error`)
	}
	if got, want := conformance.Status(9).String(), "status 9"; got != want {
		t.Errorf("Status(9).String() = %q, want %q", got, want)
	}
	if got := fmt.Sprint(conformance.Unproven < conformance.Fail); got != "true" {
		t.Errorf("Unproven < Fail = %s", got)
	}
}
