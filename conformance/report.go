package conformance

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Result is the outcome of one requirement on one subject. It carries the
// row too, so that a report can be rendered without the suite.
type Result struct {
	ID       ID            `json:"id"`
	Level    Level         `json:"level"`
	Profile  Profile       `json:"profile"`
	Since    int           `json:"since"`
	Says     string        `json:"says"`
	Why      string        `json:"why"`
	Spec     string        `json:"spec"`
	Status   Status        `json:"status"`
	Reason   string        `json:"reason,omitempty"` // of all but Pass and Fail
	Failures []Failure     `json:"failures,omitempty"`
	Rerun    string        `json:"rerun,omitempty"`
	Took     time.Duration `json:"took_ns"`
}

// Message is what a reader of a bad result needs: what was called, got and
// want, the sentence, where it stands, how to run it again.
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
		for i, call := range f.Calls {
			lead := "       "
			if i == 0 {
				lead = "after: "
			}
			fmt.Fprintf(&b, "\t%s%s\n", lead, call)
		}
	}
	fmt.Fprintf(&b, "\t%s\n\tspec:  %s\n", r.Says, r.Spec)
	if r.Rerun != "" {
		fmt.Fprintf(&b, "\trerun: %s\n", r.Rerun)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// A Report is the outcome of one subject. It marshals to JSON, of which package
// render makes a page, Markdown and what CI servers show.
type Report struct {
	Family  string    `json:"family"`
	Subject string    `json:"subject"`
	Started time.Time `json:"started"`
	Results []Result  `json:"results"`
	// Broken says what kept the run as a whole from meaning anything; it is
	// empty in a sound report.
	Broken string `json:"broken,omitempty"`
}

// Status is the worst of the results; a report in which nothing was judged
// is an Error.
func (r *Report) Status() Status {
	if r.Broken != "" || r.judged() == 0 {
		return Error
	}
	worst := Pass
	for _, res := range r.Results {
		worst = max(worst, res.Status)
	}
	return worst
}

// judged counts the requirements whose check ran to an end.
func (r *Report) judged() int {
	n := 0
	for _, res := range r.Results {
		if res.Status != Skip && res.Status != Unproven {
			n++
		}
	}
	return n
}

// Err is nil for a sound report without Fail and Error, else every one of them
// joined.
func (r *Report) Err() error {
	var errs []error
	if r.Broken != "" {
		errs = append(errs, fmt.Errorf("%s: %s", r.Subject, r.Broken))
	}
	for _, res := range r.Results {
		if res.Status >= Fail {
			errs = append(errs, fmt.Errorf("%s: %s: %s\n%s", r.Subject, res.ID, res.Status, res.Message()))
		}
	}
	if len(errs) == 0 && r.judged() == 0 {
		errs = append(errs, fmt.Errorf("%s: no requirement was judged", r.Subject))
	}
	return errors.Join(errs...)
}

// Headline counts results by level, as in "41 MUST: 39 pass, 2 unproven".
func (r *Report) Headline() string {
	var parts []string
	for _, level := range []Level{Must, Should, May} {
		var counts [Error + 1]int
		total := 0
		for _, res := range r.Results {
			if res.Level == level {
				counts[res.Status]++
				total++
			}
		}
		if total == 0 {
			continue
		}
		var words []string
		for status, n := range counts {
			if n > 0 {
				words = append(words, fmt.Sprintf("%d %s", n, Status(status)))
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s: %s", total, level, strings.Join(words, ", ")))
	}
	if len(parts) == 0 {
		return "nothing ran"
	}
	return strings.Join(parts, "; ")
}
