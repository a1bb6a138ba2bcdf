package tasktest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is an app to be judged; see [conformance.Subject].
type Subject = conformance.Subject[App]

type (
	row        = conformance.Requirement[App]
	feature    = conformance.Feature[App]
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

// Suite is the family of requirements on tasks.
func Suite() conformance.Suite[App] {
	return conformance.Suite[App]{
		Family: "TASK",
		Title:  "Tasks",
		Preface: `What an app and its workers do with a task, in production and in an eager mode alike. Where a source is Celery 5.2 or
5.6, it was seen to do so on a server; Celery's source is its code. Always-eager is what task_always_eager does and hides.`,
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
			argumentRows(), resultRows(), retryRows(), timeRows(), deliveryRows(), canvasRows(), nestedRows(), routeRows(), envelopeRows(), stepRows(), quirkRows(),
		),
	}
}

func areas() []conformance.Area {
	return []conformance.Area{
		{Code: "ARG", Title: "arguments and identity"},
		{Code: "RES", Title: "results and errors"},
		{Code: "RTY", Title: "retries"},
		{Code: "TIM", Title: "time"},
		{Code: "DLV", Title: "delivery"},
		{Code: "CAN", Title: "canvas"},
		{Code: "RTE", Title: "routes, queues and eager modes"},
		{Code: "ENV", Title: "the envelope"},
		{Code: "STP", Title: "broken off at any step"},
		{Code: "QRK", Title: "quirks of the originals"},
	}
}
