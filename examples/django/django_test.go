package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

// TestShop plays every scenario on every engine and holds what Django and Go
// saw to one account: where they run makes no difference.
func TestShop(t *testing.T) {
	t.Parallel()
	for _, p := range slices.Concat(engines(), profiles()) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && p.name != "native" && p.name != "embedded" {
				t.Skip("a place takes seconds: run without -short")
			}
			s := open(t, p)
			p.play(s)
			golden.Equal(t, []byte(strings.TrimPrefix(s.log.String(), "\n")), "testdata/"+p.golden+".golden")
		})
	}
}
