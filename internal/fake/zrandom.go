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
	if len(x.args) > 4 || len(x.args) == 4 && !strings.EqualFold(x.args[3], word) {
		x.err(errSyntax)
		return 0, false, false
	}
	if len(x.args) > 2 {
		v, err := parseInt(x.args[2])
		if err != nil {
			x.err(errNotInteger)
			return 0, false, false
		}
		if v < -math.MaxInt64/2 || v > math.MaxInt64/2 || v < -100_000_000 {
			x.err(errOutOfRange)
			return 0, false, false
		}
		n = int(v)
	}
	return n, len(x.args) == 4, true
}
