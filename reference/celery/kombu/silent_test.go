package kombu_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// A sweep forgets an owner once its claims are back. One that was only cut
// off, claims again and dies before it extends is missed all the same.
func TestAClaimTellsThatItsOwnerLives(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		b := open(t, srv, kombu.Options{Lease: time.Minute})
		b.send("q", 0, "1", "2")
		c := b.consume("w", "q")
		if err := b.Extend(t.Context(), "w"); err != nil {
			t.Fatal(err)
		}
		b.claim(c, 1)
		b.clock.Advance(61 * time.Second)
		b.restore(1)
		b.claim(c, 2)
		b.clock.Advance(59 * time.Second)
		b.restore(0)
		b.clock.Advance(2 * time.Second)
		b.restore(2)
		b.want(ids(b.claim(b.consume("other", "q"), 5)), "1! 2!")
	})
}
