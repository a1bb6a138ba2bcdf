package conformance

import (
	"fmt"
	"strings"
)

// Chapter renders the suite as a chapter of SPEC.md in Markdown. Each
// requirement is a heading of its own, so that its ID is an anchor.
func (s Suite[P]) Chapter() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n", s.Title, strings.TrimSpace(s.Preface))
	if len(s.Features) > 0 {
		b.WriteString("\n### Capabilities of " + s.Family + "\n\n| capability | found by | an implementation with it |\n|---|---|---|\n")
		for _, f := range s.Features {
			found := "claim"
			if f.Has != nil {
				found = "method"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, found, f.Says)
		}
	}
	for _, area := range s.Areas {
		fmt.Fprintf(&b, "\n### %s-%s: %s\n", s.Family, area.Code, area.Title)
		for _, r := range s.Requirements {
			if r.ID.Area() == area.Code {
				b.WriteString(s.section(r))
			}
		}
	}
	return b.String()
}

func (s Suite[P]) section(r Requirement[P]) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n#### %s\n\n", r.ID)
	if r.Withdrawn != "" {
		fmt.Fprintf(&b, "*Withdrawn: %s*\n", r.Withdrawn)
		return b.String()
	}
	fmt.Fprintf(&b, "%s\n\n", r.Says)
	facts := []string{string(r.level()), string(r.profile()), fmt.Sprintf("since %d", r.since())}
	for _, c := range r.Needs {
		facts = append(facts, fmt.Sprintf("needs `%s`", c))
	}
	if r.Denies != "" {
		facts = append(facts, fmt.Sprintf("only without `%s`", r.Denies))
	}
	if r.Declines != "" {
		facts = append(facts, fmt.Sprintf("only with the methods of `%s` and without the capability", r.Declines))
	}
	fmt.Fprintf(&b, "%s. Source: %s\n", strings.Join(facts, ", "), s.cite(r.Why))
	return b.String()
}
