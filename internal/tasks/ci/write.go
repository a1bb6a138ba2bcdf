package ci

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Time     string     `xml:"time,attr"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Class   string  `xml:"classname,attr"`
	Name    string  `xml:"name,attr"`
	Time    string  `xml:"time,attr"`
	Failure *reason `xml:"failure"`
	Skipped *reason `xml:"skipped"`
}

type reason struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

// JUnit writes the results as JUnit's XML. A package that fails outside of any
// test, as one that does not build, is a test of its own.
func (t *Tests) JUnit(w io.Writer) error {
	var all suites
	for _, p := range t.Packages {
		s := suite{Name: p.Name, Time: fmt.Sprintf("%.3f", p.Elapsed.Seconds())}
		for _, c := range p.Cases {
			one := testcase{Class: p.Name, Name: c.Name, Time: fmt.Sprintf("%.3f", c.Elapsed.Seconds())}
			switch c.Status {
			case "fail":
				one.Failure = &reason{"failed", clean(c.Output)}
				s.Failures++
			case "skip":
				one.Skipped = &reason{"skipped", clean(c.Output)}
				s.Skipped++
			}
			s.Cases = append(s.Cases, one)
		}
		if p.Status == "fail" && s.Failures == 0 {
			s.Cases = append(s.Cases, testcase{Class: p.Name, Name: "package", Time: s.Time, Failure: &reason{"the package failed", clean(p.Output)}})
			s.Failures++
		}
		s.Tests = len(s.Cases)
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	return enc.Encode(all)
}

// clean drops what XML cannot hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= ' ' && r != '\uFFFE' && r != '\uFFFF' {
			return r
		}
		return -1
	}, text)
}

// Markdown is a summary of the steps, and of the tests that failed.
func Markdown(done []Outcome, t *Tests) string {
	var b strings.Builder
	b.WriteString("# CI\n\n| step | result | time |\n|---|---|---|\n")
	for _, o := range done {
		result := "passed"
		if o.Err != nil {
			result = "**failed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", o.Name, result, o.Elapsed.Round(100*time.Millisecond))
	}
	fmt.Fprintf(&b, "\n%d tests passed, %d failed, %d were skipped.\n", t.Count("pass"), t.Count("fail"), t.Count("skip"))
	for _, p := range t.Packages {
		failed := 0
		for _, c := range p.Cases {
			if c.Status == "fail" {
				failed++
				fmt.Fprintf(&b, "\n## %s: %s\n\n%s", p.Name, c.Name, block(c.Output))
			}
		}
		if p.Status == "fail" && failed == 0 {
			fmt.Fprintf(&b, "\n## %s\n\n%s", p.Name, block(p.Output))
		}
	}
	return b.String()
}

// block shows the end of an output as code; indented, so that no line of it
// can end the block.
func block(text string) string {
	const most = 40
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	return "    " + strings.Join(lines, "\n    ") + "\n"
}

var page = template.Must(template.New("tests").Funcs(template.FuncMap{
	"round": func(d time.Duration) string { return d.Round(time.Millisecond).String() },
}).Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>CI</title>
<style>
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui; max-width: 70em; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse } td, th { text-align: left; padding: .2em 1em .2em 0; border-bottom: 1px solid #8884 }
.fail { color: light-dark(#b00020, #ff8a80); font-weight: bold } pre { overflow: auto; background: #8881; padding: .5em }
</style>
<h1>CI</h1>
<table><tr><th>step<th>result<th>time</tr>
{{range .Done}}<tr><td>{{.Name}}<td{{if .Err}} class="fail">failed{{else}}>passed{{end}}<td>{{round .Elapsed}}</tr>
{{end}}</table>
<p>{{.Tests.Count "pass"}} tests passed, {{.Tests.Count "fail"}} failed, {{.Tests.Count "skip"}} were skipped.</p>
{{range .Tests.Packages}}<details{{if eq .Status "fail"}} open{{end}}><summary{{if eq .Status "fail"}} class="fail"{{end}}>{{.Name}} {{.Status}}, {{len .Cases}} tests, {{round .Elapsed}}</summary>
{{if eq .Status "fail"}}<pre>{{.Output}}</pre>{{end}}
<table>{{range .Cases}}<tr><td{{if eq .Status "fail"}} class="fail"{{end}}>{{.Name}}{{if ne .Status "pass"}}<pre>{{.Output}}</pre>{{end}}<td>{{.Status}}<td>{{round .Elapsed}}</tr>
{{end}}</table></details>
{{end}}</html>
`))

// HTML writes one page that needs nothing else.
func HTML(w io.Writer, done []Outcome, t *Tests) error {
	return page.Execute(w, struct {
		Done  []Outcome
		Tests *Tests
	}{done, t})
}
