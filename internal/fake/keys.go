package fake

import (
	"slices"
	"strings"
)

// positions returns where the keys of a request stand in it, by the key
// specifications of its command. A request whose keys cannot be told (a wrong
// numkeys) has none.
func (c *command) positions(args []string) []int {
	var at []int
	for _, k := range c.keys {
		at = k.positions(at, args)
	}
	if c.name == "sort" {
		at = storeKey(at, args)
	}
	return at
}

// keyNames are the keys of a request, in the order of its words.
func (c *command) keyNames(args []string) []string {
	if len(c.keys) == 1 && c.keys[0].single() && len(args) > c.keys[0].index {
		return args[c.keys[0].index : c.keys[0].index+1]
	}
	at := c.positions(args)
	names := make([]string, len(at))
	for i, p := range at {
		names[i] = args[p]
	}
	return names
}

func (k keySpec) single() bool {
	return !k.unknown && k.keyword == "" && !k.numkeys && k.last == 0
}

func (k keySpec) positions(at []int, args []string) []int {
	begin := k.begin(args)
	if k.unknown || begin <= 0 || begin >= len(args) {
		return at
	}
	if k.numkeys {
		return k.counted(at, args, begin)
	}
	last := begin + k.last
	if k.last < 0 {
		last = len(args) + k.last
		if k.limit > 1 {
			last = begin + (len(args)-begin)/k.limit - 1
		}
	}
	for i := begin; i <= last && i < len(args); i += k.step {
		at = append(at, i)
	}
	return at
}

// begin is the place of the first word behind the keyword, or the fixed one.
func (k keySpec) begin(args []string) int {
	if k.keyword == "" {
		return k.index
	}
	is := func(i int) bool { return strings.EqualFold(args[i], k.keyword) }
	if k.from >= 0 {
		for i := k.from; i < len(args); i++ {
			if is(i) {
				return i + 1
			}
		}
		return 0
	}
	for i := len(args) + k.from; i > 0; i-- {
		if is(i) {
			return i + 1
		}
	}
	return 0
}

func (k keySpec) counted(at []int, args []string, begin int) []int {
	if begin+k.last >= len(args) {
		return at
	}
	n, err := atoi(args[begin+k.last])
	if err != nil || n < 0 {
		return at
	}
	first := begin + k.limit
	for i := range min(n, len(args)) {
		if p := first + i*k.step; p < len(args) {
			at = append(at, p)
		}
	}
	return at
}

// storeKey adds the destination of SORT, which no specification tells: the
// word behind the last STORE.
func storeKey(at []int, args []string) []int {
	for i := len(args) - 2; i > 1; i-- {
		if strings.EqualFold(args[i], "store") {
			return append(at, i+1)
		}
	}
	return at
}

// writes reports whether the specification is of keys the command changes.
func (k keySpec) writes() bool {
	return slices.ContainsFunc(k.flags, func(f string) bool { return f == "RW" || f == "OW" || f == "RM" })
}
