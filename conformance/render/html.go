package render

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var page string

// A view is what the page shows.
type view struct {
	Title, Intro string
	Problems     []string
	Families     []family
	Statuses     []string
	Judged       bool // a run, with a verdict; otherwise systems side by side
	Good         bool
	Verdict      string
	Widest       []int // a number for each column of the widest table
}

// WriteHTML writes the run as one page that needs nothing else, not even a
// network: a matrix of requirements and subjects for each family, filters, and
// for each result that is none the call that shows it. Links lead to spec, the
// path or address of SPEC.md.
func (r *Run) WriteHTML(w io.Writer, spec string) error {
	v := view{Title: "Conformance", Judged: true, Verdict: "every requirement that was judged holds"}
	err := r.Err()
	v.Good = err == nil
	if err != nil {
		v.Verdict = "not conformant"
	}
	return r.write(w, spec, v)
}

// WriteComparison is WriteHTML for systems side by side, of which some are known
// not to conform: it has no verdict.
func (r *Run) WriteComparison(w io.Writer, spec string) error {
	return r.write(w, spec, view{
		Title: "Compatibility",
		Intro: "What each system was seen to do, requirement by requirement. A system is held only to what it claims: – means that a requirement does not bind it, unproven that the run could not decide it.",
	})
}

func (r *Run) write(w io.Writer, spec string, v view) error {
	v.Problems, v.Families, v.Statuses = r.Problems, r.families(), statuses
	for _, f := range v.Families {
		for len(v.Widest) < len(f.Reports) {
			v.Widest = append(v.Widest, len(v.Widest))
		}
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"lower":    strings.ToLower,
		"add":      func(a, b int) int { return a + b },
		"profiles": func() []string { return profiles },
		"link":     func(res Result) string { return link(spec, res) },
		"count": func(status string) int {
			n := 0
			for _, report := range r.Reports {
				n += report.Count(status)
			}
			return n
		},
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, v)
}
