package render

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var page string

// WriteHTML writes the run as one page that needs nothing else, not even a
// network: the matrix of requirements and subjects, a filter, and behind each
// cell what was called. Links lead to spec, the path or address of SPEC.md.
func (r *Run) WriteHTML(w io.Writer, spec string) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"lower": strings.ToLower,
		"link":  func(res Result) string { return link(spec, res) },
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
	err = r.Err()
	verdict := "every requirement that was judged holds"
	if err != nil {
		verdict = "not conformant"
	}
	return t.Execute(w, map[string]any{
		"Run": r, "Rows": r.rows(), "Statuses": statuses, "Good": err == nil, "Verdict": verdict,
	})
}
