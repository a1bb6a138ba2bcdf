package compat

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

//go:embed references.txt
var recorded string

// Recorded is the record that is kept.
func Recorded() (*Record, error) { return parse(recorded) }

// String is the record as it is kept. First comes each family with what there
// was to be judged by, then each subject with what it does not pass, below the
// status and the reason; if it was judged by less than its family, that is
// listed below "only".
func (r *Record) String() string {
	var b strings.Builder
	for _, f := range r.families {
		fmt.Fprintf(&b, "%s\n", f.family)
		list(&b, "\t", slices.Collect(maps.Keys(f.results)))
	}
	for _, k := range r.subjects {
		fmt.Fprintf(&b, "%s %s\n", k.family, k.subject)
		if f := find(r.families, k.family, ""); f != nil && len(k.results) < len(f.results) {
			b.WriteString("\tonly\n")
			list(&b, "\t\t", slices.Collect(maps.Keys(k.results)))
		}
		below := map[string][]conformance.ID{}
		for _, res := range k.results {
			head := res.Status.String()
			if res.Reason != "" {
				head += ": " + res.Reason
			}
			below[head] = append(below[head], res.ID)
		}
		delete(below, conformance.Pass.String())
		for _, head := range slices.Sorted(maps.Keys(below)) {
			fmt.Fprintf(&b, "\t%s\n", head)
			list(&b, "\t\t", below[head])
		}
	}
	return b.String()
}

// list writes requirements, those of an area on one line, neighbours as a range.
func list(b *strings.Builder, indent string, ids []conformance.ID) {
	area, from, last := "", "", 0
	flush := func() {
		if from != "" && fmt.Sprintf("%03d", last) != from {
			fmt.Fprintf(b, "-%03d", last)
		}
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		cut := strings.LastIndexByte(string(id), '-')
		n := 0
		_, _ = fmt.Sscanf(string(id[cut+1:]), "%d", &n) // every ID ends in a number
		if a := string(id[:cut]); a != area {
			flush()
			if area != "" {
				b.WriteByte('\n')
			}
			fmt.Fprintf(b, "%s%s", indent, a)
			area, from = a, ""
		}
		if from == "" || n != last+1 {
			flush()
			from = fmt.Sprintf("%03d", n)
			fmt.Fprintf(b, " %s", from)
		}
		last = n
	}
	flush()
	if area != "" {
		b.WriteByte('\n')
	}
}

// parse reads what String wrote.
func parse(text string) (*Record, error) {
	r := &Record{}
	var at *known
	under := conformance.Result{} // of the lists below
	only := false
	if text == "" {
		return r, nil
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		rest, depth := strings.TrimLeft(line, "\t"), 0
		depth = len(line) - len(rest)
		bad := func(want string) error {
			return fmt.Errorf("%s:%d: %q: want %s: %s", Path, i+1, line, want, mend)
		}
		switch {
		case depth == 0:
			family, subject, _ := strings.Cut(rest, " ")
			k := known{family, subject, map[conformance.ID]conformance.Result{}}
			if subject == "" {
				r.families = append(r.families, k)
				at = &r.families[len(r.families)-1]
			} else {
				if f := find(r.families, family, ""); f != nil {
					k.results = maps.Clone(f.results)
				}
				r.subjects = append(r.subjects, k)
				at = &r.subjects[len(r.subjects)-1]
			}
			under, only = conformance.Result{}, false
		case at == nil:
			return nil, bad("a family first")
		case depth == 1 && at.subject != "":
			status, reason, _ := strings.Cut(rest, ": ")
			if only = status == "only"; only {
				clear(at.results)
				status = conformance.Pass.String()
			}
			under = conformance.Result{Reason: reason}
			if err := under.Status.UnmarshalText([]byte(status)); err != nil {
				return nil, bad("a status, or only")
			}
		default:
			ids, err := unlist(rest)
			if err != nil || under.Status == conformance.Pass && !only && at.subject != "" {
				return nil, bad("an area and numbers, below a status")
			}
			for _, id := range ids {
				under.ID = id
				at.results[id] = under
			}
		}
	}
	return r, nil
}

// unlist reads a line of list.
func unlist(line string) ([]conformance.ID, error) {
	area, numbers, ok := strings.Cut(line, " ")
	if !ok {
		return nil, fmt.Errorf("%q: want an area and numbers", line)
	}
	var ids []conformance.ID
	for _, word := range strings.Fields(numbers) {
		var from, to int
		if n, _ := fmt.Sscanf(word, "%d-%d", &from, &to); n == 1 {
			to = from
		} else if n != 2 {
			return nil, fmt.Errorf("%q: want a number, or two", word)
		}
		for n := from; n <= to; n++ {
			ids = append(ids, conformance.ID(fmt.Sprintf("%s-%03d", area, n)))
		}
	}
	return ids, nil
}
