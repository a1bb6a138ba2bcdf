package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Read reads what WriteJSON wrote, and the JSON of a report, as Check of a suite
// returns it, or of a list of them.
func Read(r io.Reader) (*Run, error) {
	var text json.RawMessage
	err := json.NewDecoder(r).Decode(&text)
	if err == nil {
		var run *Run
		if run, err = parse(text); err == nil {
			return run, nil
		}
	}
	return nil, fmt.Errorf("read a conformance report: %w", err)
}

func parse(text json.RawMessage) (*Run, error) {
	var run Run
	if bytes.HasPrefix(text, []byte("[")) {
		return &run, json.Unmarshal(text, &run.Reports)
	}
	var one Report
	if err := json.Unmarshal(text, &one); err != nil {
		return nil, err
	}
	if one.Family != "" {
		run.Reports = []Report{one}
		return &run, nil
	}
	return &run, json.Unmarshal(text, &run)
}

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Key, Value, Output string
}

// attribute is the name under which a suite's Test writes its results.
const attribute = "conformance"

// FromTest reads the stream of go test -json: every result that a suite's
// Test wrote as an attribute. A package that failed without a result, and a
// requirement that began and has none, are problems of the run.
func FromTest(r io.Reader) (*Run, error) {
	s := stream{open: map[string]bool{}, output: map[string]string{}, sound: map[string]bool{}}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil { // other lines are output of the build
				if err := s.take(e); err != nil {
					return nil, err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return s.finish(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

// stream is what has been seen of go test -json.
type stream struct {
	run    Run
	open   map[string]bool   // requirements that began and have no result yet
	output map[string]string // the last output per package
	sound  map[string]bool   // packages whose failures are all results
}

func (s *stream) take(e event) error {
	name := e.Package + " " + e.Test
	last := e.Test[strings.LastIndexByte(e.Test, '/')+1:]
	switch e.Action {
	case "run":
		if isID(last) {
			s.open[name] = true
		}
	case "output", "build-output":
		s.output[e.Package] = tail(s.output[e.Package] + e.Output)
	case "attr":
		if e.Key != attribute {
			return nil
		}
		var report Report
		if err := json.Unmarshal([]byte(e.Value), &report); err != nil {
			return fmt.Errorf("%s: read its result: %w", name, err)
		}
		delete(s.open, name)
		s.add(report)
		if len(report.Results) > 0 && report.Results[0].Bad() {
			s.sound[e.Package] = true
		}
	case "fail", "build-fail":
		if e.Test == "" && !s.sound[e.Package] {
			s.run.Problems = append(s.run.Problems, fmt.Sprintf("%s failed apart from its requirements:\n%s", e.Package, s.output[e.Package]))
		}
	}
	return nil
}

// add puts the results of report to those of the same subject.
func (s *stream) add(report Report) {
	for i := range s.run.Reports {
		if r := &s.run.Reports[i]; r.Family == report.Family && r.Subject == report.Subject && r.Started.Equal(report.Started) {
			r.Results = append(r.Results, report.Results...)
			return
		}
	}
	s.run.Reports = append(s.run.Reports, report)
}

func (s *stream) finish() *Run {
	var lost []string
	for name := range s.open {
		lost = append(lost, name+" began and has no result")
	}
	slices.Sort(lost)
	s.run.Problems = append(s.run.Problems, lost...)
	return &s.run
}

// isID reports whether a subtest is named like a requirement.
func isID(name string) bool {
	parts := strings.Split(name, "-")
	return len(parts) == 3 && len(parts[1]) == 3 && len(parts[2]) == 3 && name == strings.ToUpper(name)
}

func tail(s string) string {
	const most = 4 << 10
	return s[max(0, len(s)-most):]
}
