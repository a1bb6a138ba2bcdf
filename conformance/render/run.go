package render

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Run is the reports of several subjects.
type Run struct {
	Reports []Report `json:"reports"`
	// Problems are what went wrong beside the reports: any of them spoils the run.
	Problems []string `json:"problems,omitempty"`
}

// A Report is the outcome of one subject.
type Report struct {
	Family  string    `json:"family"`
	Subject string    `json:"subject"`
	Started time.Time `json:"started"`
	Results []Result  `json:"results"`
	Broken  string    `json:"broken,omitempty"`
	// Origin says whose the subject is where systems stand side by side: "ours"
	// or "original". It may be empty.
	Origin string `json:"origin,omitempty"`
}

// A Result is the outcome of one requirement.
type Result struct {
	ID       string        `json:"id"`
	Level    string        `json:"level"`
	Profile  string        `json:"profile"`
	Since    int           `json:"since"`
	Says     string        `json:"says"`
	Why      string        `json:"why"`
	Spec     string        `json:"spec"`
	Status   string        `json:"status"`
	Reason   string        `json:"reason,omitempty"`
	Failures []Failure     `json:"failures,omitempty"`
	Rerun    string        `json:"rerun,omitempty"`
	Took     time.Duration `json:"took_ns"`
}

// A Failure is one thing a check found.
type Failure struct {
	Where string   `json:"where"`
	Text  string   `json:"text"`
	Calls []string `json:"calls,omitempty"`
}

// statuses are ordered from best to worst.
var statuses = []string{"pass", "skip", "unproven", "waived", "fail", "error"}

// Bad reports whether a result fails a run.
func (r Result) Bad() bool { return r.Status == "fail" || r.Status == "error" }

// Message is the reason and the failures as text.
func (r Result) Message() string {
	var b strings.Builder
	if r.Reason != "" {
		fmt.Fprintln(&b, r.Reason)
	}
	for _, f := range r.Failures {
		if f.Where != "" {
			fmt.Fprintf(&b, "%s: ", f.Where)
		}
		fmt.Fprintln(&b, f.Text)
		for _, call := range f.Calls {
			fmt.Fprintf(&b, "\tafter: %s\n", call)
		}
	}
	if r.Rerun != "" {
		fmt.Fprintf(&b, "rerun: %s\n", r.Rerun)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Count is how many results have the status.
func (r Report) Count(status string) int {
	n := 0
	for _, res := range r.Results {
		if res.Status == status {
			n++
		}
	}
	return n
}

// Headline counts results by level, as in "41 MUST: 39 pass, 2 unproven".
func (r Report) Headline() string {
	var parts []string
	for _, level := range []string{"MUST", "SHOULD", "MAY"} {
		total, counts := 0, map[string]int{}
		for _, res := range r.Results {
			if res.Level == level {
				total++
				counts[res.Status]++
			}
		}
		var words []string
		for _, status := range statuses {
			if counts[status] > 0 {
				words = append(words, fmt.Sprintf("%d %s", counts[status], status))
			}
		}
		if total > 0 {
			parts = append(parts, fmt.Sprintf("%d %s: %s", total, level, strings.Join(words, ", ")))
		}
	}
	if len(parts) == 0 {
		return "nothing ran"
	}
	return strings.Join(parts, "; ")
}

// Err is nil for a run that proves something and has no fail, error or
// problem in it.
func (r *Run) Err() error {
	bad := slices.Clone(r.Problems)
	judged := 0
	for _, report := range r.Reports {
		if report.Broken != "" {
			bad = append(bad, report.Subject+": "+report.Broken)
		}
		judged += report.Count("pass") + report.Count("waived")
		for _, res := range report.Results {
			if res.Bad() {
				judged++
				bad = append(bad, fmt.Sprintf("%s: %s: %s", report.Subject, res.ID, res.Status))
			}
		}
	}
	if judged == 0 {
		bad = append(bad, "no requirement was judged")
	}
	if len(bad) == 0 {
		return nil
	}
	const shown = 20
	if len(bad) > shown {
		bad = append(bad[:shown], fmt.Sprintf("and %d more", len(bad)-shown))
	}
	return fmt.Errorf("conformance:\n\t%s", strings.Join(bad, "\n\t"))
}
