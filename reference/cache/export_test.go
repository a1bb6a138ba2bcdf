package cache

import "github.com/redis/go-redis/v9"

// ParseLocation is what the URL of a server and an alias make together.
func ParseLocation(location string, a Alias) (*redis.Options, error) {
	e, err := parseLocation(location, &a)
	return e.Options, err
}

// Costs is how many computations l remembers.
func (l *Loader) Costs() int { return len(l.costs.known) }

// MostCosts is how many it may.
const MostCosts = mostCosts

// Slots is how many places for entries s has, taken or not.
func Slots(s *Store) (n int) {
	for i := range s.shards {
		n += len(*s.shards[i].table.Load())
	}
	return n
}
