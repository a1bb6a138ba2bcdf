package resulttest

import "github.com/redkit-dev/redkit/conformance"

// Capabilities that are methods of the port, found by assertion.
const (
	waiting    = capability("result.wait")
	forgetting = capability("result.forget")
	chords     = capability("result.chords")
	groups     = capability("result.groups")
	settings   = capability("result.settings")
	inspecting = capability("result.inspect")
)

// Inspecting is the capability of an [Inspector]; an adapter without a way to
// the store names it in Lacks.
const Inspecting = inspecting

// Capabilities that are behaviours, claimed by a subject.
const (
	// QuirkNaiveDates: date_done is written without an offset, and means UTC.
	QuirkNaiveDates = capability("result.quirk.naive-dates")
	// QuirkRecounts: a part that comes again with another value counts again.
	QuirkRecounts = capability("result.quirk.recounts")
	// QuirkStrictErrors: a stored failure without a class cannot be read.
	QuirkStrictErrors = capability("result.quirk.strict-errors")
)

func features() []feature {
	return []feature{
		method[Waiter](waiting, "waits for results"),
		method[Forgetter](forgetting, "forgets results"),
		method[Chords](chords, "counts the parts of chords"),
		method[Groups](groups, "keeps the members of groups"),
		method[Opener](settings, "opens backends with other settings on the same store"),
		method[Inspector](inspecting, "shows the store below it"),
		{Name: QuirkNaiveDates, Says: "writes date_done without an offset, as Celery up to 5.2 does"},
		{Name: QuirkRecounts, Says: "counts a part again that comes again with another value, as Celery does"},
		{Name: QuirkStrictErrors, Says: "raises on a stored failure without a class, as Celery does"},
	}
}

func method[I any](name capability, says string) feature {
	return feature{Name: name, Says: says, Has: conformance.Implements[I, Backend]}
}
