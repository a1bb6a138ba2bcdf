package celery

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bucket is Celery's token bucket: at most one token per period/n, and n
// seconds' worth kept. The zero value has no limit.
type bucket struct {
	mu    sync.Mutex
	every time.Duration // between tokens; 0 for no limit
	free  time.Time     // when the next token is due
}

func (b *bucket) set(n float64, per time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.every = 0
	if n > 0 {
		b.every = time.Duration(float64(per) / n)
	}
	b.free = time.Time{}
}

// take takes a token, or tells how long to wait for one.
func (b *bucket) take(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.every == 0 {
		return 0
	}
	if b.free.After(now) {
		return b.free.Sub(now)
	}
	b.free = now.Add(b.every)
	return 0
}

// parseRate reads Celery's "10", "10/s", "10/m" or "10/h"; 0 means no limit.
func parseRate(text string) (n float64, per time.Duration, err error) {
	number, unit, _ := strings.Cut(text, "/")
	per, ok := map[string]time.Duration{"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour}[strings.TrimSpace(unit)]
	n, err = strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || n < 0 || n > 1e9 {
		return 0, 0, fmt.Errorf("rate limit %q: want a number, or one per second, minute or hour as 10/s, 10/m, 10/h", text)
	}
	return n, per, nil
}
