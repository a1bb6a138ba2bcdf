package compat

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// Path is where the record is kept, from the root of the repository.
const Path = "internal/compat/references.txt"

// mend is the command that renews the record.
const mend = "go tool mage conformance:matrix -judge"

// A Record is what is known of the references on each engine.
type Record struct {
	families []known // what there was to be judged by: results of no meaning
	subjects []known
}

// A known is what one subject of one family is known to do.
type known struct {
	family, subject string
	results         map[conformance.ID]conformance.Result // status, and reason but of a skip
}

// find is what is known of a subject, or nil.
func (r *Record) find(family, subject string) *known {
	return find(r.subjects, family, subject)
}

func find(all []known, family, subject string) *known {
	i := slices.IndexFunc(all, func(k known) bool { return k.family == family && k.subject == subject })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// Put takes the results of a report into the record. Those of which the report
// says nothing stay as they are.
func (r *Record) Put(report *conformance.Report) {
	k := r.find(report.Family, report.Subject)
	if k == nil {
		r.subjects = append(r.subjects, known{report.Family, report.Subject, map[conformance.ID]conformance.Result{}})
		k = &r.subjects[len(r.subjects)-1]
	}
	for _, res := range report.Results {
		kept := conformance.Result{ID: res.ID, Status: res.Status}
		if res.Status != conformance.Skip { // which SPEC.md says better
			kept.Reason = strings.Join(strings.Fields(res.Reason), " ")
		}
		k.results[res.ID] = kept
	}
}

// Renew makes the record one of the requirements that there are now.
func (r *Record) Renew() { r.renew(chapters()) }

func (r *Record) renew(now []chapter) {
	r.families = nil
	for _, c := range now {
		f := known{family: c.family, results: map[conformance.ID]conformance.Result{}}
		for _, id := range c.ids() {
			f.results[id] = conformance.Result{ID: id}
		}
		r.families = append(r.families, f)
	}
	for _, k := range r.subjects {
		f := find(r.families, k.family, "")
		for id := range k.results {
			if _, stands := f.results[id]; !stands {
				delete(k.results, id)
			}
		}
	}
	place := func(k known) int {
		return slices.IndexFunc(now, func(c chapter) bool { return c.family == k.family })
	}
	slices.SortStableFunc(r.subjects, func(a, b known) int { return place(a) - place(b) })
}

// Stale is an error that names every requirement that is not in the record, and
// every one in it that has gone.
func (r *Record) Stale() error { return r.stale(chapters()) }

func (r *Record) stale(now []chapter) error {
	var new, gone []string
	stands := map[conformance.ID]bool{}
	for _, c := range now {
		f := find(r.families, c.family, "")
		for _, id := range c.ids() {
			stands[id] = true
			if f == nil {
				new = append(new, string(id))
			} else if _, listed := f.results[id]; !listed {
				new = append(new, string(id))
			}
		}
	}
	for _, f := range r.families {
		for id := range f.results {
			if !stands[id] {
				gone = append(gone, string(id))
			}
		}
	}
	slices.Sort(gone)
	var errs []error
	if len(new) > 0 {
		errs = append(errs, fmt.Errorf("nothing is recorded of %s: %s -only='^(%s)$'", strings.Join(new, ", "), mend, strings.Join(new, "|")))
	}
	if len(gone) > 0 {
		errs = append(errs, fmt.Errorf("the record holds %s, which are no requirements: %s -only='^$'", strings.Join(gone, ", "), mend))
	}
	return errors.Join(errs...)
}

// Hold holds a report to the record. What a run could not decide may have been
// decided by another, and the reverse, as machines are busy; failures speak for
// themselves; a subject that the record does not know is somebody's own engine.
func (r *Record) Hold(report *conformance.Report) error {
	k := r.find(report.Family, report.Subject)
	if k == nil {
		return nil
	}
	decided := func(s conformance.Status) conformance.Status {
		if s == conformance.Unproven {
			return conformance.Pass
		}
		return s
	}
	var errs []error
	for _, res := range report.Results {
		was, listed := k.results[res.ID]
		switch {
		case res.Status >= conformance.Fail:
		case !listed:
			errs = append(errs, fmt.Errorf("%s: %s is %s, and not recorded: %s -only='^%[2]s$'", k.subject, res.ID, res.Status, mend))
		case decided(res.Status) != decided(was.Status):
			errs = append(errs, fmt.Errorf("%s: %s is %s, and recorded as %s: %s -only='^%[2]s$'", k.subject, res.ID, res.Status, was.Status, mend))
		}
	}
	return errors.Join(errs...)
}
