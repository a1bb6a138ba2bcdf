package main_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/celery"
)

// beats: what one side schedules the other runs. The counters in the cache
// tell that it did.
func (s *scene) beats() {
	s.title("celery beat schedules goshop.restock, and the Go worker runs it")
	s.counted("restocks:celery-beat")

	s.title("Go's Beat schedules shop.report, and Celery's worker runs it")
	beat, err := s.shop.App.NewBeat(celery.Entry{Name: "report", Schedule: celery.Every(500 * time.Millisecond), Task: celery.SI("shop.report", "go-beat")})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(s.ctx)
	var beating sync.WaitGroup
	beating.Go(func() { err = beat.Run(ctx) })
	s.counted("reports:go-beat")
	stop()
	beating.Wait()
	s.golang("Beat.Run()", "ended", err)
}

// counted waits until a counter in the cache has been raised twice, and has
// both sides see it.
func (s *scene) counted(key string) {
	s.t.Helper()
	counters := s.cache("default")
	s.until(key+" is counted twice", func(ctx context.Context) (bool, error) {
		v, err := counters.Get(ctx, key)
		if errors.Is(err, cache.ErrNotFound) {
			err = nil
		}
		n, _ := v.(int64)
		return n >= 2, err
	})
	v, err := counters.Get(s.ctx, key)
	n, _ := v.(int64)
	s.golang(`default.Get("`+key+`") is 2 or more`, n >= 2, err)
	s.django(`caches["default"].get("` + key + `") >= 2`)
}
