package malformed_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/redkit-dev/redkit/internal/drill/malformed"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

func TestEachMessageOfTheCatalogueIsAnother(t *testing.T) {
	t.Parallel()
	names, raws := map[string]bool{}, map[string]bool{}
	for _, m := range malformed.Catalogue() {
		if names[m.Name] || raws[string(m.Raw)] {
			t.Errorf("%s is there twice", m.Name)
		}
		names[m.Name], raws[string(m.Raw)] = true, true
	}
}

func TestEqualSeedsDrawEqualMessages(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]func(*rand.Rand) []byte{"Draw": malformed.Draw, "Command": malformed.Command} {
		a, b := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
		for n := range 300 {
			if x, y := draw(a), draw(b); !bytes.Equal(x, y) {
				t.Fatalf("%s() number %d = %q and %q from the same seed", name, n, x, y)
			}
		}
	}
}

// TestDrawnMessagesReachEveryDepth: those that are no JSON try no more than
// the first reader, and those that run nothing but the last.
func TestDrawnMessagesReachEveryDepth(t *testing.T) {
	t.Parallel()
	const all = 3000
	rng := rand.New(rand.NewPCG(1, 1))
	var broken, unread, refused, runs int
	different := map[string]bool{}
	for range all {
		raw := malformed.Draw(rng)
		different[string(raw)] = true
		e, err := message.Decode(raw)
		switch {
		case err != nil && !json.Valid(raw):
			broken++
			continue
		case err != nil:
			unread++
			continue
		}
		if _, err := e.Task(); err != nil {
			refused++
		} else {
			runs++
		}
	}
	for what, n := range map[string]int{"are no JSON": broken, "have no envelope": unread, "have no task": refused, "can run": runs} {
		if n < all/20 || n > all*3/5 {
			t.Errorf("%d of %d %s, want between a twentieth and three fifths", n, all, what)
		}
	}
	if len(different) < all*3/4 {
		t.Errorf("%d of %d are different, want three quarters", len(different), all)
	}
}
