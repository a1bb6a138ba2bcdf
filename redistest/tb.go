package redistest

import "context"

// TB is the part of testing.TB that this package uses. *testing.T, *testing.B
// and *testing.F have it; so does any recorder a test of a helper needs.
type TB interface {
	// Helper, Name, Logf, Errorf, Fatalf, Skipf, Failed, Cleanup and Context
	// mean what they mean in package testing.
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
	Failed() bool
	Cleanup(func())
	Context() context.Context
}
