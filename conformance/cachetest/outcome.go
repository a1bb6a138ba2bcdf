package cachetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// An outcome is what one call of the subject gave. A check says what it wants
// of it; what it did not ask about is not judged.
type outcome struct {
	k       *kit
	call    string // as in Get("a")
	value   any
	missing bool // the call has a found result, and it was false
	err     error
}

// text is the outcome as a message shows it.
func (o outcome) text() string {
	switch {
	case o.err != nil:
		return fmt.Sprintf("%s failed: %v", o.call, o.err)
	case o.missing:
		return o.call + " = nothing"
	default:
		return fmt.Sprintf("%s = %s", o.call, show(o.value))
	}
}

func (o outcome) want(format string, args ...any) {
	o.k.Helper()
	o.k.Errorf("%s, want %s", o.text(), fmt.Sprintf(format, args...))
}

// ok wants no error, and ends the check without it: what follows builds on it.
func (o outcome) ok() outcome {
	if o.err != nil {
		o.k.Helper()
		o.k.Fatalf("%s, want no error", o.text())
	}
	return o
}

// is wants the value.
func (o outcome) is(want any) {
	if o.err != nil || o.missing || !same(want, o.value) {
		o.k.Helper()
		o.want("%s", show(plain(want)))
	}
}

// oneOf wants one of several values.
func (o outcome) oneOf(wants ...any) {
	if o.err != nil || o.missing || !slices.ContainsFunc(wants, func(w any) bool { return same(w, o.value) }) {
		o.k.Helper()
		o.want("one of %s", show(wants))
	}
}

// none wants a call with a found result to find nothing.
func (o outcome) none() {
	if o.err != nil || !o.missing {
		o.k.Helper()
		o.want("nothing")
	}
}

// fails wants one of the errors; with none given any error will do.
func (o outcome) fails(kinds ...error) {
	if o.err != nil && (len(kinds) == 0 || slices.ContainsFunc(kinds, func(k error) bool { return errors.Is(o.err, k) })) {
		return
	}
	o.k.Helper()
	var words []string
	for _, k := range kinds {
		words = append(words, fmt.Sprintf("%q", k))
	}
	if len(words) == 0 {
		words = []string{"any"}
	}
	o.want("an error: %s", strings.Join(words, " or "))
}

// set wants the elements in any order.
func (o outcome) set(want ...any) {
	got, isList := o.value.([]any)
	if strs, ok := o.value.([]string); ok {
		isList = true
		for _, s := range strs {
			got = append(got, s)
		}
	}
	if o.err == nil && (isList || o.value == nil) && sameSet(want, got) {
		return
	}
	o.k.Helper()
	o.want("%s in any order", show(want))
}

func sameSet(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	left := slices.Clone(b)
	for _, v := range a {
		i := slices.IndexFunc(left, func(w any) bool { return same(v, w) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// until wants what is does, but only as long as d surely has not come: on a
// clock that runs, a machine may have stalled past it.
func (o outcome) until(d *conformance.Deadline, want any) {
	if o.err == nil && !o.missing && same(want, o.value) {
		return
	}
	if !d.Early() {
		o.k.Unproven("the machine stalled past the deadline")
	}
	o.k.Helper()
	o.is(want)
}
