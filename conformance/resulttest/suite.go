package resulttest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is a result backend to be judged; see [conformance.Subject].
type Subject = conformance.Subject[Backend]

type (
	row        = conformance.Requirement[Backend]
	feature    = conformance.Feature[Backend]
	capability = conformance.Capability
	needs      = []capability
)

// Test judges subject in a subtest per requirement.
func Test(t *testing.T, subject Subject) {
	t.Helper()
	Suite().Test(t, subject)
}

// Check judges subject without a *testing.T.
func Check(ctx context.Context, subject Subject) *conformance.Report {
	return Suite().Check(ctx, subject, conformance.Options{})
}

// Suite is the family of requirements on result backends.
func Suite() conformance.Suite[Backend] {
	return conformance.Suite[Backend]{
		Family: "RESULT",
		Title:  "The result backend",
		Preface: `A result backend in the manner of Celery's on Redis. Where a source is Celery 5.2 or 5.6, it was
seen to do so on a server; Celery's source is its code.`,
		Sources: []conformance.Source{
			{Mark: "C52", Name: "Celery 5.2"},
			{Mark: "C56", Name: "Celery 5.6"},
			{Mark: "C52 C56", Name: "Celery 5.2 and 5.6"},
			{Mark: "S", Name: "Celery's source"},
			{Mark: "celery#", Name: "Celery issue "},
		},
		Areas:    areas(),
		Features: features(),
		Requirements: slices.Concat(
			storeRows(), stateRows(), errorRows(), waitRows(), groupRows(), chordRows(), expiryRows(), wireRows(), tripRows(),
			cancelRows(), faultRows(), stepRows(), concurrentRows(), quirkRows(), modelRows(),
		),
	}
}

func areas() []conformance.Area {
	return []conformance.Area{
		{Code: "STO", Title: "storing and getting"},
		{Code: "STA", Title: "states"},
		{Code: "ERR", Title: "errors"},
		{Code: "WAI", Title: "waiting"},
		{Code: "GRP", Title: "groups"},
		{Code: "CHO", Title: "chords"},
		{Code: "EXP", Title: "expiry"},
		{Code: "WIR", Title: "the wire format"},
		{Code: "RTT", Title: "round trips"},
		{Code: "CTX", Title: "contexts"},
		{Code: "FLT", Title: "failures"},
		{Code: "STP", Title: "failures between any two commands"},
		{Code: "CON", Title: "concurrency"},
		{Code: "QRK", Title: "quirks of the originals"},
		{Code: "MDL", Title: "the model"},
	}
}
