package cache

import (
	"sync"
	"time"
)

// costs are how long the newest computations took, by entry. Of more than
// mostCosts any one is forgotten: what is computed often comes back soon.
type costs struct {
	mu    sync.Mutex
	known map[string]time.Duration
}

const mostCosts = 4096

// of is the cost of an entry, or otherwise.
func (c *costs) of(id string, otherwise time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d, ok := c.known[id]; ok {
		return d
	}
	return otherwise
}

// note remembers what a computation took.
func (c *costs) note(id string, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = make(map[string]time.Duration)
	}
	if _, there := c.known[id]; !there && len(c.known) >= mostCosts {
		for other := range c.known {
			delete(c.known, other)
			break
		}
	}
	c.known[id] = max(took, 1)
}
