package cache

import "github.com/redkit-dev/redkit/internal/hashslot"

// bySlot groups the positions of keys by their slot, in order of appearance.
func bySlot(keys []string) [][]int {
	groups := make(map[int]int, len(keys))
	var out [][]int
	for i, key := range keys {
		s := hashslot.Of(key)
		g, ok := groups[s]
		if !ok {
			g = len(out)
			groups[s] = g
			out = append(out, nil)
		}
		out[g] = append(out[g], i)
	}
	return out
}

// sameSlot reports whether all keys are in one slot.
func sameSlot(keys ...string) bool {
	for _, key := range keys[1:] {
		if hashslot.Of(key) != hashslot.Of(keys[0]) {
			return false
		}
	}
	return true
}
