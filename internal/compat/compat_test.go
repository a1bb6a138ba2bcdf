package compat

import (
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
)

const toys = `TOY
	TOY-BAS 001-004
	TOY-OPT 001
TOY old steel
	skip
		TOY-BAS 002
	unproven: no faults
		TOY-BAS 003-004
		TOY-OPT 001
	waived: too hard
		TOY-BAS 001
TOY glass
	only
		TOY-BAS 001 003
`

func toyRecord(t *testing.T) *Record {
	t.Helper()
	r, err := parse(toys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func result(id conformance.ID, s conformance.Status) conformance.Result {
	return conformance.Result{ID: id, Status: s}
}

func report(subject string, results ...conformance.Result) *conformance.Report {
	return &conformance.Report{Family: "TOY", Subject: subject, Results: results}
}

func toyChapter(ids ...conformance.ID) []chapter {
	c := chapter{family: "TOY"}
	for _, id := range ids {
		c.rows = append(c.rows, conformance.Result{ID: id})
	}
	return []chapter{c}
}

func TestTheRecordIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	r := toyRecord(t)
	if got := r.String(); got != toys {
		t.Errorf("the record is\n%s\nwant\n%s", got, toys)
	}
	if got := r.find("TOY", "old steel").results["TOY-BAS-003"]; got.Status != conformance.Unproven || got.Reason != "no faults" {
		t.Errorf("TOY-BAS-003 of old steel is %v, %q, want unproven: no faults", got.Status, got.Reason)
	}
	if _, judged := r.find("TOY", "glass").results["TOY-BAS-002"]; judged {
		t.Error("glass is judged by TOY-BAS-002, want only by what is listed")
	}
	for _, bad := range []string{"\tTOY-BAS 001", "TOY steel\n\tgood", "TOY steel\n\t\tTOY-BAS 001", "TOY steel\n\tskip\n\t\tTOY-BAS", "TOY steel\n\tskip\n\t\tTOY-BAS one"} {
		if _, err := parse(bad); err == nil || !strings.Contains(err.Error(), mend) {
			t.Errorf("parse(%q) = %v, want an error with the command that mends it", bad, err)
		}
	}
	if r, err := parse(""); err != nil || r.String() != "" {
		t.Errorf("parse of nothing = %q, %v, want an empty record", r, err)
	}
}

func TestARunIsHeldToTheRecord(t *testing.T) {
	t.Parallel()
	r := toyRecord(t)
	for name, good := range map[string]*conformance.Report{
		"the same":              report("old steel", result("TOY-BAS-001", conformance.Waived), result("TOY-BAS-002", conformance.Skip), result("TOY-BAS-003", conformance.Unproven)),
		"decided at last":       report("old steel", result("TOY-BAS-003", conformance.Pass)),
		"on a busy machine":     report("glass", result("TOY-BAS-001", conformance.Unproven)),
		"a failure":             report("glass", result("TOY-BAS-001", conformance.Fail)),
		"somebody's own engine": report("paper", result("TOY-BAS-001", conformance.Skip)),
	} {
		if err := r.Hold(good); err != nil {
			t.Errorf("%s: Hold = %v, want nil", name, err)
		}
	}
	for want, bad := range map[string]*conformance.Report{
		"glass: TOY-BAS-001 is skip, and recorded as pass":       report("glass", result("TOY-BAS-001", conformance.Skip)),
		"old steel: TOY-BAS-002 is pass, and recorded as skip":   report("old steel", result("TOY-BAS-002", conformance.Pass)),
		"old steel: TOY-BAS-001 is pass, and recorded as waived": report("old steel", result("TOY-BAS-001", conformance.Pass)),
		"glass: TOY-BAS-002 is pass, and not recorded":           report("glass", result("TOY-BAS-002", conformance.Pass)),
	} {
		if err := r.Hold(bad); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), mend) {
			t.Errorf("Hold = %v, want %q and the command that mends it", err, want)
		}
	}
}

func TestANewRequirementMakesTheRecordStale(t *testing.T) {
	t.Parallel()
	r := toyRecord(t)
	old := toyChapter("TOY-BAS-001", "TOY-BAS-002", "TOY-BAS-003", "TOY-BAS-004", "TOY-OPT-001")
	if err := r.stale(old); err != nil {
		t.Errorf("stale = %v, want nil", err)
	}
	now := toyChapter("TOY-BAS-001", "TOY-BAS-002", "TOY-BAS-003", "TOY-BAS-005")
	err := r.stale(now)
	for _, want := range []string{"nothing is recorded of TOY-BAS-005", "-only='^(TOY-BAS-005)$'", "the record holds TOY-BAS-004, TOY-OPT-001"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("stale = %v, want %q in it", err, want)
		}
	}
	// To judge what is new is enough: the rest stays as it is.
	r.Put(report("old steel", conformance.Result{ID: "TOY-BAS-005", Status: conformance.Unproven, Reason: "no\n\tfaults"}))
	r.Put(report("wood", result("TOY-BAS-001", conformance.Pass), result("TOY-BAS-002", conformance.Skip)))
	r.renew(now)
	const want = `TOY
	TOY-BAS 001-003 005
TOY old steel
	skip
		TOY-BAS 002
	unproven: no faults
		TOY-BAS 003 005
	waived: too hard
		TOY-BAS 001
TOY glass
	only
		TOY-BAS 001 003
TOY wood
	only
		TOY-BAS 001-002
	skip
		TOY-BAS 002
`
	if got := r.String(); got != want || r.stale(now) != nil {
		t.Errorf("the record is\n%s\nstale %v, want\n%s", got, r.stale(now), want)
	}
}

// TestTheRecordIsOfToday names what somebody added and nobody recorded.
func TestTheRecordIsOfToday(t *testing.T) {
	t.Parallel()
	r, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Stale(); err != nil {
		t.Error(err)
	}
	if got := r.String(); got != recorded {
		t.Errorf("%s is not as it would be written: %s -only='^$'", Path, mend)
	}
}

// TestEveryTableOfAnOriginalIsAColumn wants nothing left out of what is known,
// whatever family it is of.
func TestEveryTableOfAnOriginalIsAColumn(t *testing.T) {
	t.Parallel()
	r, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	run, err := r.Run()
	if err != nil {
		t.Fatal(err)
	}
	columns, err := originals.Columns()
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]int{}
	for _, report := range run.Reports {
		if report.Origin != "original" {
			continue
		}
		results[report.Subject] += len(report.Results)
		for _, res := range report.Results {
			if res.Bad() && (len(res.Failures) == 0 || res.Failures[0].Text == "") {
				t.Errorf("%s: %s fails, and no call shows it", report.Subject, res.ID)
			}
		}
	}
	for _, c := range columns {
		if results[c.Name] != len(c.Verdicts) {
			t.Errorf("the matrix has %d results of %s, want the %d that are known", results[c.Name], c.Name, len(c.Verdicts))
		}
	}
	if !slices.ContainsFunc(columns, func(c originals.Column) bool { return c.Name == "django-redis-7.0" }) {
		t.Error("no column for django-redis-7.0: the tables are not found")
	}
}
