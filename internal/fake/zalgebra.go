package fake

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

func zalgebraCommands() map[string]handler {
	combine := func(how string, store bool) handler { return func(x *call) { x.combine(how, store) } }
	return map[string]handler{
		"zunion": combine("union", false), "zinter": combine("inter", false), "zdiff": combine("diff", false),
		"zunionstore": combine("union", true), "zinterstore": combine("inter", true), "zdiffstore": combine("diff", true),
		"zintercard": (*call).zintercard,
	}
}

// draw returns n of all by chance: distinct ones, or with repeats if n is
// negative.
func draw[T any](all []T, n int) []T {
	if len(all) == 0 {
		return nil
	}
	if n < 0 {
		drawn := make([]T, -n)
		for i := range drawn {
			drawn[i] = all[rand.IntN(len(all))]
		}
		return drawn
	}
	drawn := slices.Clone(all)
	rand.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn[:min(n, len(drawn))]
}

// combination is what ZUNION and its kin are asked for.
type combination struct {
	how       string
	keys      []string
	operands  []map[string]float64
	weights   []float64
	aggregate string
	scores    bool
}

// combine is ZUNION, ZINTER, ZDIFF and those that store.
func (x *call) combine(how string, store bool) {
	at := 1
	if store {
		at = 2
	}
	c, ok := x.readCombination(how, at, store)
	if !ok {
		return
	}
	if store {
		x.storeEntries(x.args[1], c.combined(), x.cmd.name)
		return
	}
	x.writeEntries(c.combined(), c.scores, x.w.RESP3)
}

// operands are the sets at the keys.
func (x *call) operands(keys []string) (all []map[string]float64, ok bool) {
	for _, key := range keys {
		scores, ok := x.scored(key)
		if !ok {
			return nil, false
		}
		all = append(all, scores)
	}
	return all, true
}

// readKeys reads numkeys key... from args[at] on, and returns what follows.
func (x *call) readKeys(at int) (keys, rest []string, ok bool) {
	n, err := atoi(x.args[at])
	switch {
	case err != nil:
		x.err(errNotInteger)
	case n < 1:
		x.err("ERR at least 1 input key is needed for '" + x.cmd.name + "' command")
	case n > len(x.args)-at-1:
		x.err(errSyntax)
	default:
		return x.args[at+1 : at+1+n], x.args[at+1+n:], true
	}
	return nil, nil, false
}

func (x *call) readCombination(how string, at int, store bool) (c combination, ok bool) {
	c = combination{how: how, aggregate: "sum"}
	keys, rest, ok := x.readKeys(at)
	if !ok {
		return c, false
	}
	c.keys = keys
	if c.operands, ok = x.operands(keys); !ok {
		return c, false
	}
	for len(rest) > 0 {
		n := 1
		switch option := strings.ToLower(rest[0]); {
		case option == "withscores" && !store:
			c.scores = true
		case option == "weights" && how != "diff" && len(rest) > len(keys):
			c.weights = nil // the last ones count
			for _, w := range rest[1 : 1+len(keys)] {
				f, ok := float(w)
				if !ok {
					x.err("ERR weight value is not a float")
					return c, false
				}
				c.weights = append(c.weights, f)
			}
			n = 1 + len(keys)
		case option == "aggregate" && how != "diff" && len(rest) > 1 && slices.Contains([]string{"sum", "min", "max"}, strings.ToLower(rest[1])):
			c.aggregate, n = strings.ToLower(rest[1]), 2
		default:
			x.err(errSyntax)
			return c, false
		}
		rest = rest[n:]
	}
	return c, true
}

// scored is a sorted set, or a set whose members score 1, as a map.
func (x *call) scored(key string) (scores map[string]float64, ok bool) {
	db := x.data()
	switch db.typ(key) {
	case "":
		return nil, true
	case "zset":
		z, _ := db.zset(key)
		return z.scores, true
	case "set":
		members, _ := db.keys.Members(key)
		scores = make(map[string]float64, len(members))
		for _, m := range members {
			scores[m] = 1
		}
		return scores, true
	default:
		x.err(errWrongType)
		return nil, false
	}
}

func (c combination) combined() []entry {
	result := map[string]float64{}
	for i, scores := range c.operands {
		weight := 1.0
		if c.weights != nil {
			weight = c.weights[i]
		}
		result = c.fold(result, scores, weight, i == 0)
	}
	entries := make([]entry, 0, len(result))
	for m, s := range result {
		entries = append(entries, entry{m, s})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.score, b.score), strings.Compare(a.member, b.member))
	})
	return entries
}

// fold takes one more operand in.
func (c combination) fold(result, scores map[string]float64, weight float64, first bool) map[string]float64 {
	if c.how == "diff" && !first {
		for m := range scores {
			delete(result, m)
		}
		return result
	}
	next := map[string]float64{}
	if c.how == "union" {
		next = result
	}
	for m, s := range scores {
		s *= weight
		if math.IsNaN(s) {
			s = 0
		}
		old, ok := result[m]
		switch {
		case first || !ok && c.how == "union":
			next[m] = s
		case ok:
			next[m] = c.join(old, s)
		}
	}
	return next
}

func (c combination) join(a, b float64) float64 {
	switch c.aggregate {
	case "min":
		return min(a, b)
	case "max":
		return max(a, b)
	}
	if s := a + b; !math.IsNaN(s) {
		return s
	}
	return 0 // inf and -inf
}

func (x *call) zintercard() {
	keys, rest, ok := x.readKeys(1)
	if !ok {
		return
	}
	sets, ok := x.operands(keys)
	if !ok {
		return
	}
	limit := 0
	for ; len(rest) > 0; rest = rest[2:] {
		if len(rest) < 2 || !strings.EqualFold(rest[0], "limit") {
			x.err(errSyntax)
			return
		}
		if limit, ok = x.positive(len(x.args)-len(rest)+1, "ERR LIMIT can't be negative"); !ok {
			return
		}
	}
	n := len(combination{how: "inter", operands: sets, aggregate: "sum"}.combined())
	if limit > 0 {
		n = min(n, limit)
	}
	x.w.Int(int64(n))
}
