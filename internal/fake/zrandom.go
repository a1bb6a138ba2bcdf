package fake

import (
	"math"
	"strings"
)

// zrandmember answers with members by chance.
func (x *call) zrandmember() {
	n, scores, ok := x.readRandom("withscores")
	if !ok {
		return
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	var all []entry
	if z != nil {
		all = z.slice(0, z.len())
	}
	if len(x.args) == 2 {
		if len(all) == 0 {
			x.w.Null()
			return
		}
		x.w.Bulk(draw(all, -1)[0].member)
		return
	}
	x.writeEntries(draw(all, n), scores, x.w.RESP3)
}

// readRandom reads [count [word]].
func (x *call) readRandom(word string) (n int, with, ok bool) {
	if len(x.args) > 2 {
		if n, ok = x.integerFrom(2, -math.MaxInt); !ok {
			return 0, false, false
		}
	}
	with = len(x.args) > 3
	switch {
	case len(x.args) > 4 || with && !strings.EqualFold(x.args[3], word):
		x.err(errSyntax)
	case with && (n < -math.MaxInt64/2 || n > math.MaxInt64/2), n < -100_000_000:
		x.err(errOutOfRange)
	default:
		return n, with, true
	}
	return 0, false, false
}
