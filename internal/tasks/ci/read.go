package ci

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Tests are the results of one go test.
type Tests struct{ Packages []*Package }

// A Package is one tested package.
type Package struct {
	Name    string
	Status  string // pass, fail or skip (it has no tests)
	Elapsed time.Duration
	Output  string // of no test: a build that failed, a panic
	Cases   []*Case
}

// A Case is one test or subtest.
type Case struct {
	Name    string
	Status  string // pass, fail or skip
	Elapsed time.Duration
	Output  string
}

// Count is how many cases have a status.
func (t *Tests) Count(status string) int {
	n := 0
	for _, p := range t.Packages {
		for _, c := range p.Cases {
			if c.Status == status {
				n++
			}
		}
	}
	return n
}

// An event is one line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// Add takes the results of another run. A package of both has failed if either
// has, and its cases are those of both.
func (t *Tests) Add(more *Tests) {
	for _, p := range more.Packages {
		at := slices.IndexFunc(t.Packages, func(have *Package) bool { return have.Name == p.Name })
		if at < 0 {
			t.Packages = append(t.Packages, p)
			continue
		}
		have := t.Packages[at]
		if have.Status != "fail" && p.Status != "skip" {
			have.Status = p.Status
		}
		have.Elapsed += p.Elapsed
		have.Output += p.Output
		have.Cases = append(have.Cases, p.Cases...)
	}
}

// Read collects the events of go test -json. A test whose end is missing, as
// after a panic or a timeout, has failed.
func Read(r io.Reader) (*Tests, error) {
	t := &Tests{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "output", Package: "go test", Output: string(line)}
			}
			t.take(e)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return t, fmt.Errorf("read the results: %w", err)
		}
	}
	for _, p := range t.Packages {
		if p.Status == "" {
			p.Status = "fail"
		}
		for _, c := range p.Cases {
			if c.Status == "" {
				c.Status, c.Output = "fail", c.Output+"it did not end\n"
			}
		}
	}
	return t, nil
}

func (t *Tests) take(e event) {
	name := e.Package
	if name == "" { // of a build: "path [path.test]"
		name, _, _ = strings.Cut(e.ImportPath, " ")
	}
	at := slices.IndexFunc(t.Packages, func(p *Package) bool { return p.Name == name })
	if at < 0 {
		at = len(t.Packages)
		t.Packages = append(t.Packages, &Package{Name: name})
	}
	p := t.Packages[at]
	if e.Test == "" {
		switch e.Action {
		case "output", "build-output":
			p.Output += e.Output
		case "pass", "fail", "skip":
			p.Status, p.Elapsed = e.Action, seconds(e.Elapsed)
		case "build-fail":
			p.Status = "fail"
		}
		return
	}
	at = slices.IndexFunc(p.Cases, func(c *Case) bool { return c.Name == e.Test })
	if at < 0 {
		at = len(p.Cases)
		p.Cases = append(p.Cases, &Case{Name: e.Test})
	}
	switch c := p.Cases[at]; e.Action {
	case "output":
		c.Output += e.Output
	case "pass", "fail", "skip":
		c.Status, c.Elapsed = e.Action, seconds(e.Elapsed)
		if e.Action == "pass" {
			c.Output = "" // nobody reads it
		}
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// failures shows the packages and tests that fail, and every package's end.
type failures struct {
	w    io.Writer
	part []byte
	said map[string]string
}

func (f *failures) Write(p []byte) (int, error) {
	f.part = append(f.part, p...)
	for {
		line, rest, whole := bytes.Cut(f.part, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		f.line(line)
		f.part = rest
	}
}

func (f *failures) line(text []byte) {
	var e event
	if json.Unmarshal(text, &e) != nil {
		return
	}
	if f.said == nil {
		f.said = map[string]string{}
	}
	id := e.Package + e.ImportPath + " " + e.Test
	switch {
	case e.Action == "output", e.Action == "build-output":
		f.said[id] += e.Output
	case e.Action == "fail", e.Action == "build-fail":
		fmt.Fprint(f.w, f.said[id])
		delete(f.said, id)
	case e.Action == "pass":
		delete(f.said, id)
		if e.Test == "" {
			fmt.Fprintf(f.w, "ok  \t%s\t%.3fs\n", e.Package, e.Elapsed)
		}
	}
}
