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
	rows := r.rows()
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n## Every requirement\n\n| requirement | level |")
	for _, report := range r.Reports {
		fmt.Fprintf(b, " %s |", cell(report.Subject))
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(r.Reports)) + "\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| [%s](%s) | %s |", row.ID, link(spec, row.Result), row.Level)
		for _, c := range row.Cells {
			sign := "not run"
			if c != nil {
				sign = signs[c.Status]
			}
			fmt.Fprintf(b, " %s |", sign)
		}
		b.WriteByte('\n')
	}
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
