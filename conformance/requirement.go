package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Level says how binding a requirement is, in the words of RFC 2119.
type Level string

// The levels. Breaking any of them fails; a SHOULD that has a good reason to
// be broken is waived with that reason.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// A Profile says whom a requirement binds.
type Profile string

// The profiles. Core binds every subject; Wire and Strict bind those that list
// them in [Subject.Profiles]; a Quirk binds by the parity the subject claims.
const (
	Core   Profile = "core"   // any implementation
	Wire   Profile = "wire"   // byte-exact with the originals
	Strict Profile = "strict" // guarantees the originals do not give
	Quirk  Profile = "quirk"  // the originals deviate: parity or fixed, as declared
)

// A Requirement is one row of the specification with the check that proves it.
type Requirement[P any] struct {
	ID      ID
	Level   Level        // the zero value means Must
	Profile Profile      // the zero value means Core
	Needs   []Capability // all of them, or the requirement is skipped
	// Denies names a capability whose absence is checked: the requirement runs
	// only for a subject without it, and catches one that claims too little.
	Denies Capability
	// Declines names a capability of which the subject has the methods, but
	// which [Lacking] says it lacks: the requirement says how they answer.
	Declines Capability
	Says     string // one sentence with exactly one RFC 2119 verb, that of Level
	Why      string // the source: a test of the original, a document, an incident
	Since    int    // revision of the specification; the zero value means 1
	// Withdrawn says why the requirement no longer holds and what follows it.
	// Such a row keeps its number and has no check.
	Withdrawn string
	// Check judges a fresh instance. It reports through the probe and returns.
	Check func(*Probe, P)
}

func (r Requirement[P]) level() Level {
	if r.Level == "" {
		return Must
	}
	return r.Level
}

func (r Requirement[P]) profile() Profile {
	if r.Profile == "" {
		return Core
	}
	return r.Profile
}

func (r Requirement[P]) since() int { return max(r.Since, 1) }

// sign writes into a result which requirement it is of.
func (s Suite[P]) sign(r Requirement[P], res *Result) {
	res.ID, res.Level, res.Profile, res.Since = r.ID, r.level(), r.profile(), r.since()
	res.Says, res.Why, res.Spec = r.Says, s.cite(r.Why), r.ID.Anchor()
}

// Rows are the requirements that stand, as a subject that keeps them all has
// them in its report.
func (s Suite[P]) Rows() []Result {
	var all []Result
	for _, r := range s.Requirements {
		if r.Withdrawn == "" {
			var res Result
			s.sign(r, &res)
			all = append(all, res)
		}
	}
	return all
}

// A Suite is a family of requirements over the port P. It is a value without
// state: safe for concurrent use once built.
type Suite[P any] struct {
	Family       string   // CACHE: the first part of every ID
	Title        string   // of the family's chapter in SPEC.md
	Preface      string   // Markdown under the title
	Sources      []Source // what rows call by a short mark
	Areas        []Area
	Features     []Feature[P]
	Requirements []Requirement[P]
}

// An Area is a group of requirements: the second part of their IDs.
type Area struct{ Code, Title string }

var verbs = regexp.MustCompile(`\b(MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b`)

// Laws returns every breach of the rules that rows live by: IDs well formed,
// unique and sorted within their area, one RFC 2119 verb that agrees with the
// level, a source, a check, known capabilities, and no capability that no row
// needs. A family's tests call it.
func (s Suite[P]) Laws() error {
	var errs []error
	seen := map[ID]bool{}
	last := map[string]ID{}
	needed := map[Capability]bool{}
	for _, r := range s.Requirements {
		errs = append(errs, r.ID.valid(s.Family), s.rowLaws(r))
		if seen[r.ID] {
			errs = append(errs, fmt.Errorf("requirement %s: the ID is used twice", r.ID))
		}
		if r.ID < last[r.ID.Area()] {
			errs = append(errs, fmt.Errorf("requirement %s: comes after %s", r.ID, last[r.ID.Area()]))
		}
		seen[r.ID], last[r.ID.Area()] = true, r.ID
		for _, c := range append(slices.Clone(r.Needs), r.Denies) {
			needed[c] = true
		}
	}
	for _, f := range s.Features {
		if !needed[f.Name] {
			errs = append(errs, fmt.Errorf("capability %s: no requirement needs it", f.Name))
		}
	}
	return errors.Join(errs...)
}

func (s Suite[P]) rowLaws(r Requirement[P]) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("requirement %s: "+format, append([]any{r.ID}, args...)...))
	}
	found := verbs.FindAllString(r.Says, -1)
	if len(found) != 1 {
		bad("its sentence has the verbs %q, want exactly one of RFC 2119: %s", found, r.Says)
	} else if strings.TrimSuffix(found[0], " NOT") != string(r.level()) {
		bad("says %s at level %s", found[0], r.level())
	}
	if !strings.HasSuffix(r.Says, ".") {
		bad("its sentence has no full stop: %s", r.Says)
	}
	if r.Why == "" {
		bad("names no source")
	}
	if (r.Check == nil) != (r.Withdrawn != "") {
		bad("has a check %t and is withdrawn %q", r.Check != nil, r.Withdrawn)
	}
	if !slices.ContainsFunc(s.Areas, func(a Area) bool { return a.Code == r.ID.Area() }) {
		bad("its area %s has no title", r.ID.Area())
	}
	for _, c := range append(slices.Clone(r.Needs), r.Denies, r.Declines) {
		if c != "" && !slices.ContainsFunc(s.Features, func(f Feature[P]) bool { return f.Name == c }) {
			bad("knows no capability %q", c)
		}
	}
	return errors.Join(errs...)
}
