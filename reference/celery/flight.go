package celery

import (
	"context"
	"sync"
)

// flight counts deliveries between their claim and the end of their run. The
// zero value is ready.
type flight struct {
	mu   sync.Mutex
	n    int
	all  int
	calm chan struct{} // closed when n is 0; nil if nobody waits
}

func (f *flight) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n += n
	f.all += max(n, 0)
	if f.n == 0 && f.calm != nil {
		close(f.calm)
		f.calm = nil
	}
}

func (f *flight) wait(ctx context.Context) (all int, err error) {
	for {
		f.mu.Lock()
		if f.n == 0 {
			defer f.mu.Unlock()
			return f.all, nil
		}
		if f.calm == nil {
			f.calm = make(chan struct{})
		}
		calm := f.calm
		f.mu.Unlock()
		select {
		case <-calm:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
