package render

import (
	"fmt"
	"io"
	"strings"
)

// signs show statuses in a table: words first, so that it reads without fonts.
var signs = map[string]string{
	"pass": "pass", "skip": "–", "unproven": "unproven", "waived": "waived", "fail": "**FAIL**", "error": "**ERROR**",
}

// WriteMarkdown writes the run for a pull request or a wiki: headlines, what
// is wrong, and the matrix of requirements and subjects. Links lead to spec,
// the path or address of SPEC.md.
func (r *Run) WriteMarkdown(w io.Writer, spec string) error {
	var b strings.Builder
	b.WriteString("# Conformance\n\n")
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "**Problem:** %s\n\n", fence(p))
	}
	if len(r.Reports) == 0 {
		b.WriteString("Nothing ran.\n")
	} else {
		b.WriteString("| subject | result |\n|---|---|\n")
	}
	for _, report := range r.Reports {
		headline := report.Headline()
		if report.Broken != "" {
			headline = "**broken:** " + report.Broken
		}
		fmt.Fprintf(&b, "| %s | %s |\n", cell(report.Subject), cell(headline))
	}
	r.bad(&b, spec)
	r.matrix(&b, spec)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Run) bad(b *strings.Builder, spec string) {
	title := "\n## What is wrong\n"
	for _, report := range r.Reports {
		for _, res := range report.Results {
			if !res.Bad() {
				continue
			}
			fmt.Fprintf(b, "%s\n### %s on %s: %s\n\n%s ([%s](%s))\n%s\n", title, res.ID, report.Subject, res.Status, res.Says, res.Spec, link(spec, res), fence(res.Message()))
			title = ""
		}
	}
}

func (r *Run) matrix(b *strings.Builder, spec string) {
	for _, f := range r.families() {
		if len(f.Rows) > 0 {
			fmt.Fprintf(b, "\n## Every requirement of %s\n\n", f.Name)
			f.table(b, spec)
		}
	}
}

// sign is a result as a cell of a table; nil did not run.
func sign(res *Result) string {
	if res == nil {
		return "not run"
	}
	return signs[res.Status]
}

// link leads to the requirement in the specification at spec.
func link(spec string, r Result) string {
	_, anchor, _ := strings.Cut(r.Spec, "#")
	return spec + "#" + anchor
}

// cell keeps text from ending its table cell.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

func fence(s string) string {
	marks := "```"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	return "\n" + marks + "\n" + s + "\n" + marks
}
