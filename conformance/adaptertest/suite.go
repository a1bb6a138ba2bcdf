package adaptertest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is an adapter to be judged; see [conformance.Subject]. New starts
// the program.
type Subject = conformance.Subject[Adapter]

type (
	row   = conformance.Requirement[Adapter]
	probe = conformance.Probe
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

// Suite is the family of requirements on adapters.
func Suite() conformance.Suite[Adapter] {
	return conformance.Suite[Adapter]{
		Family: "ADAPTER",
		Title:  "The adapter",
		Preface: `A program in any language that lets the other families judge an implementation from outside: it answers questions on
its standard input and output: [PROTOCOL.md](conformance/remote/PROTOCOL.md) says how.`,
		Sources: []conformance.Source{
			{Mark: "P", Name: "PROTOCOL.md"},
		},
		Areas: []conformance.Area{
			{Code: "GRT", Title: "the greeting"},
			{Code: "ASK", Title: "questions and answers"},
			{Code: "VAL", Title: "values"},
			{Code: "ERR", Title: "errors"},
			{Code: "END", Title: "the end"},
		},
		Requirements: slices.Concat(greetingRows(), askingRows(), valueRows(), errorRows(), endRows()),
	}
}
