package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteSummary writes systems side by side as Markdown: for each family the
// results by profile, what is broken with the call that shows it, and the whole
// matrix. Links lead to spec, the path or address of SPEC.md.
func (r *Run) WriteSummary(w io.Writer, spec string) error {
	var b strings.Builder
	for _, f := range r.families() {
		fmt.Fprintf(&b, "\n## %s\n\nRequirements: %d. Systems: %d.\n\n", f.Name, len(f.Rows), len(f.Reports))
		f.tally(&b)
		f.broken(&b, spec)
		fmt.Fprintf(&b, "\n<details><summary>Every requirement of %s</summary>\n\n", f.Name)
		f.table(&b, spec)
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tally is the table of results by profile.
func (f family) tally(b *strings.Builder) {
	b.WriteString("| system |")
	for _, p := range f.Profiles() {
		fmt.Fprintf(b, " %s |", p)
	}
	b.WriteString(" not bound by |\n|---|" + strings.Repeat("---|", len(f.Profiles())+1) + "\n")
	for _, report := range f.Reports {
		name := cell(report.Subject)
		if report.Origin == "original" {
			name = "**" + name + "**"
		}
		fmt.Fprintf(b, "| %s |", name)
		for _, p := range f.Profiles() {
			fmt.Fprintf(b, " %s |", report.Tally(p))
		}
		fmt.Fprintf(b, " %d |\n", report.Count("skip"))
	}
}

// broken lists the requirements that some system breaks, each with the calls
// that show it.
func (f family) broken(b *strings.Builder, spec string) {
	title := "\n### What does not hold\n"
	for _, row := range f.Rows {
		notes := slices.DeleteFunc(row.Notes(f.Reports), func(n note) bool { return n.Status != "fail" && n.Status != "error" })
		if len(notes) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s\n[%s](%s) (%s, %s): %s\n", title, row.ID, link(spec, row.Result), row.Level, row.Profile, row.Says)
		title = ""
		for _, n := range notes {
			fmt.Fprintf(b, "\n%s:\n%s\n", n.Subjects, fence(n.Message))
		}
	}
}

// table is every requirement with every result.
func (f family) table(b *strings.Builder, spec string) {
	b.WriteString("| requirement | level |")
	for _, report := range f.Reports {
		fmt.Fprintf(b, " %s |", cell(report.Subject))
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(f.Reports)) + "\n")
	for _, row := range f.Rows {
		fmt.Fprintf(b, "| [%s](%s) | %s |", row.ID, link(spec, row.Result), row.Level)
		for _, c := range row.Cells {
			fmt.Fprintf(b, " %s |", sign(c))
		}
		b.WriteByte('\n')
	}
}
