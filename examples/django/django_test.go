package main_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

// TestShop plays every scenario on every engine and holds what Django and Go
// saw to one account: where they run makes no difference.
func TestShop(t *testing.T) {
	t.Parallel()
	for _, p := range engines() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, p)
			s.caching()
			s.clears()
			s.tasks()
			s.beats()
			for _, kind := range p.layers {
				s.sockets(kind)
			}
			s.counters()
			s.locks()
			golden.Equal(t, []byte(strings.TrimPrefix(s.log.String(), "\n")), "testdata/"+p.golden+".golden")
		})
	}
}
