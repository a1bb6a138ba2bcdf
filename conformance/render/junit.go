package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements of JUnit's XML that CI servers read. They count failures by
// the children of a case, not by attributes, so each bad result has one.
type (
	junitRun struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Suites   []junitSuite
	}
	junitSuite struct {
		XMLName   xml.Name `xml:"testsuite"`
		Name      string   `xml:"name,attr"`
		Tests     int      `xml:"tests,attr"`
		Failures  int      `xml:"failures,attr"`
		Errors    int      `xml:"errors,attr"`
		Skipped   int      `xml:"skipped,attr"`
		Time      string   `xml:"time,attr"`
		Timestamp string   `xml:"timestamp,attr,omitempty"`
		Cases     []junitCase
	}
	junitCase struct {
		XMLName    xml.Name        `xml:"testcase"`
		Class      string          `xml:"classname,attr"`
		Name       string          `xml:"name,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Failure    *junitOutcome   `xml:"failure"`
		Error      *junitOutcome   `xml:"error"`
		Skipped    *junitOutcome   `xml:"skipped"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the run as JUnit XML: a suite per subject, a case per
// requirement, with failure, error and skipped children.
func (r *Run) WriteJUnit(w io.Writer) error {
	run := junitRun{Name: "conformance"}
	for _, report := range r.Reports {
		run.Suites = append(run.Suites, report.junit())
	}
	if len(r.Problems) > 0 || len(r.Reports) == 0 {
		run.Suites = append(run.Suites, problemSuite(r.Problems))
	}
	for _, s := range run.Suites {
		run.Tests += s.Tests
		run.Failures += s.Failures
		run.Errors += s.Errors
		run.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(run); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r Report) junit() junitSuite {
	s := junitSuite{Name: r.Subject, Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05")}
	class := strings.ToLower(r.Family) + "." + strings.ReplaceAll(r.Subject, ".", "_")
	total := time.Duration(0)
	for _, res := range r.Results {
		c := junitCase{Class: class, Name: res.ID, Time: seconds(res.Took), Properties: []junitProperty{
			{"level", res.Level}, {"profile", res.Profile}, {"says", res.Says}, {"spec", res.Spec},
		}}
		outcome := &junitOutcome{Message: firstLine(res.Message()), Type: res.Status, Text: res.Message() + "\n" + res.Says + "\n" + res.Spec}
		switch res.Status {
		case "pass":
		case "fail":
			c.Failure = outcome
			s.Failures++
		case "error":
			c.Error = outcome
			s.Errors++
		default:
			c.Skipped = &junitOutcome{Message: res.Status + ": " + res.Reason}
			s.Skipped++
		}
		s.Cases = append(s.Cases, c)
		total += res.Took
	}
	if r.Broken != "" {
		s.Cases = append(s.Cases, junitCase{Class: class, Name: "the run", Time: "0", Error: &junitOutcome{Message: firstLine(r.Broken), Type: "error", Text: r.Broken}})
		s.Errors++
	}
	s.Tests, s.Time = len(s.Cases), seconds(total)
	return s
}

// problemSuite makes what went wrong beside the reports visible to a reader
// that only counts children.
func problemSuite(problems []string) junitSuite {
	if len(problems) == 0 {
		problems = []string{"no subject was judged"}
	}
	s := junitSuite{Name: "the run", Tests: len(problems), Errors: len(problems), Time: "0"}
	for i, p := range problems {
		s.Cases = append(s.Cases, junitCase{Class: "conformance", Name: fmt.Sprintf("problem %d", i+1), Time: "0",
			Error: &junitOutcome{Message: firstLine(p), Type: "error", Text: p}})
	}
	return s
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
