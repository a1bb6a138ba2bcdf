package golden

import (
	"flag"
	"fmt"
	"testing"
)

// InTest runs body, of an Example, as a test named TestExample: for functions
// that take a *testing.T because they make subtests. A test that fails is
// printed, so that the Example's output is not what it wants.
func InTest(body func(t *testing.T)) {
	for name, value := range map[string]string{"test.v": "false", "test.count": "1"} {
		f := flag.Lookup(name)
		old := f.Value.String()
		if err := f.Value.Set(value); err != nil {
			panic(err)
		}
		defer func() { _ = f.Value.Set(old) }() // it was so before
	}
	// What -run and -skip name is the Example, not what is in it.
	all := func(pattern, _ string) (bool, error) { return pattern != flag.Lookup("test.skip").Value.String(), nil }
	ran := false // -cpu may name several numbers, and would run it once for each
	once := func(t *testing.T) {
		if !ran {
			ran = true
			body(t)
		}
	}
	if !testing.RunTests(all, []testing.InternalTest{{Name: "TestExample", F: once}}) {
		fmt.Println("FAIL")
	}
}
