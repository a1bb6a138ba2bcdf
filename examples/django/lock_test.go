package main_test

import (
	"errors"

	"github.com/redkit-dev/redkit/reference/cache"
)

// counters: one number for both sides.
func (s *scene) counters() {
	shared := s.cache("default")
	s.title("A counter that both raise")
	s.django(`caches["default"].set("visits", 40, timeout=None)`)
	n, err := shared.Incr(s.ctx, "visits", 1)
	s.golang(`default.Incr("visits", 1)`, n, err)
	s.django(`caches["default"].incr("visits")`)
	s.django(`refused(lambda: caches["default"].incr("nobody"))`)
	_, err = shared.Incr(s.ctx, "nobody", 1)
	s.golang(`default.Incr("nobody", 1) is ErrNotFound`, errors.Is(err, cache.ErrNotFound), nil)
}

// locks: what one side holds the other does not get.
func (s *scene) locks() {
	stock := s.cache("default").Lock("stock", cache.LockOptions{Timeout: patience, Wait: -1})
	acquire := func(text string) {
		got, err := stock.Acquire(s.ctx)
		s.golang(text, got, err)
	}
	s.title("A lock that Go holds is refused to Django, and the reverse")
	acquire(`default.Lock("stock").Acquire()`)
	s.django(`acquire("stock")`)
	s.golang("Release()", "released", stock.Release(s.ctx))
	s.django(`acquire("stock")`)
	acquire("Acquire()")
	s.django(`release("stock")`)
	acquire("Acquire()")
	s.golang("Release()", "released", stock.Release(s.ctx))
}
