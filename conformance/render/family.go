package render

import (
	"fmt"
	"slices"
	"strings"
)

// A family is the reports of one family, side by side.
type family struct {
	Name    string
	Reports []Report
	Rows    []row
}

// row is a requirement with its result per report; a nil result did not run.
type row struct {
	Result
	Cells []*Result
}

// families are those of the run, in order of appearance, their rows in order
// of their IDs.
func (r *Run) families() []family {
	var all []family
	for _, report := range r.Reports {
		i := slices.IndexFunc(all, func(f family) bool { return f.Name == report.Family })
		if i < 0 {
			i = len(all)
			all = append(all, family{Name: report.Family})
		}
		all[i].Reports = append(all[i].Reports, report)
	}
	for i := range all {
		all[i].Rows = rows(all[i].Reports)
	}
	return all
}

func rows(reports []Report) []row {
	index := map[string]int{}
	var all []row
	for i := range reports {
		for j := range reports[i].Results {
			res := &reports[i].Results[j]
			at, known := index[res.ID]
			if !known {
				at = len(all)
				index[res.ID] = at
				all = append(all, row{Result: *res, Cells: make([]*Result, len(reports))})
			}
			all[at].Cells[i] = res
		}
	}
	slices.SortStableFunc(all, func(a, b row) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Area is the middle of an ID: TTL of CACHE-TTL-003.
func (r Result) Area() string {
	if parts := strings.Split(r.ID, "-"); len(parts) == 3 {
		return parts[1]
	}
	return ""
}

// Areas are those of the family, in order.
func (f family) Areas() []string {
	var all []string
	for _, row := range f.Rows {
		if !slices.Contains(all, row.Area()) {
			all = append(all, row.Area())
		}
	}
	return all
}

// profiles are in the order in which they bind.
var profiles = []string{"core", "wire", "strict", "quirk"}

// Profiles are those of the family.
func (f family) Profiles() []string {
	return slices.DeleteFunc(slices.Clone(profiles), func(p string) bool {
		return !slices.ContainsFunc(f.Rows, func(r row) bool { return r.Profile == p })
	})
}

// Noted reports whether there is more to say of the row than its statuses.
func (r row) Noted() bool {
	return slices.ContainsFunc(r.Cells, func(c *Result) bool { return c != nil && c.Noted() })
}

// A note is what there is to say of a result, once for all of whom it is said.
type note struct{ Subjects, Status, Message string }

// Notes are those of the row, in the order of the reports.
func (r row) Notes(reports []Report) []note {
	var all []note
	for i, c := range r.Cells {
		if c == nil || !c.Noted() {
			continue
		}
		n := note{reports[i].Subject, c.Status, c.Message()}
		at := slices.IndexFunc(all, func(o note) bool { return o.Status == n.Status && o.Message == n.Message })
		if at < 0 {
			all = append(all, n)
		} else {
			all[at].Subjects += ", " + n.Subjects
		}
	}
	return all
}

// Noted reports whether there is more to say of a result than its status: why a
// requirement does not bind a system is said by its capability.
func (r Result) Noted() bool { return r.Status != "pass" && r.Status != "skip" && r.Message() != "" }

// Tally counts the results of a profile, as in "39 pass, 2 fail". Those that do
// not bind the subject are left out, and "–" says that none does.
func (r Report) Tally(profile string) string {
	counts := map[string]int{}
	for _, res := range r.Results {
		if res.Profile == profile {
			counts[res.Status]++
		}
	}
	var words []string
	for _, status := range statuses {
		if n := counts[status]; n > 0 && status != "skip" {
			words = append(words, fmt.Sprintf("%d %s", n, status))
		}
	}
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, ", ")
}
