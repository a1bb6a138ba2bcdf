package redistest_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/redistest"
)

// inTest runs an example as the body of a test. What it reports is printed,
// so that a failure shows as output nobody expected.
func inTest(body func(t redistest.TB)) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &exampleTB{ctx: ctx}
	body(t)
	cancel()
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

type exampleTB struct {
	ctx      context.Context
	failed   bool
	cleanups []func()
}

func (t *exampleTB) Helper()                  {}
func (t *exampleTB) Name() string             { return "TestExample" }
func (t *exampleTB) Context() context.Context { return t.ctx }
func (t *exampleTB) Failed() bool             { return t.failed }
func (t *exampleTB) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }
func (t *exampleTB) Logf(string, ...any)      {}
func (t *exampleTB) Errorf(format string, args ...any) {
	t.failed = true
	fmt.Printf(format+"\n", args...)
}
func (t *exampleTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (t *exampleTB) Skipf(format string, args ...any)  { panic(fmt.Sprintf(format, args...)) }

// A TB of one's own can tell whether a helper fails a test, as this one does.
func ExampleTB() {
	t := &exampleTB{ctx: context.Background()}
	srv := redistest.Start(t, redistest.NoLeftovers())
	srv.Client().Set(t.Context(), "lock:1", "me", 0)
	for _, f := range slices.Backward(t.cleanups) {
		f() // the test ends
	}
	fmt.Println("failed:", t.Failed())
	// Output:
	// redistest.NoLeftovers: keys left behind:
	// 	lock:1 (string)
	// 	delete them where their work ends, or except those that are meant to stay: redistest.NoLeftovers("cache:*")
	// failed: true
}
