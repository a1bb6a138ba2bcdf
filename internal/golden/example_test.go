package golden_test

import (
	"fmt"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

func ExampleInTest() {
	golden.InTest(func(t *testing.T) {
		t.Run("sub", func(t *testing.T) {
			t.Parallel()
			fmt.Println(t.Name())
		})
	})
	// Output: TestExample/sub
}
