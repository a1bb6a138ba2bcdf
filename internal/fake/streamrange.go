package fake

import (
	"math"
	"slices"
	"strings"
)

// streamEnd reads an end of a range: "-", "+", "(id" or "id".
func streamEnd(s string, upper bool) (id streamID, ok bool) {
	switch s {
	case "-":
		return streamID{}, true
	case "+":
		return maxStreamID, true
	}
	s, open := strings.CutPrefix(s, "(")
	seq := uint64(0)
	if upper {
		seq = math.MaxUint64
	}
	if id, ok = readStreamID(s, seq); !ok || !open {
		return id, ok
	}
	if upper {
		return id.prev()
	}
	return id.next()
}

func (x *call) xrange(reverse bool) {
	low, high := x.args[2], x.args[3]
	if reverse {
		low, high = high, low
	}
	first, okFirst := streamEnd(low, false)
	last, okLast := streamEnd(high, true)
	if !okFirst || !okLast {
		x.err(errStreamID)
		return
	}
	count := -1
	if len(x.args) > 4 {
		if len(x.args) != 6 || !strings.EqualFold(x.args[4], "count") {
			x.err(errSyntax)
			return
		}
		n, err := atoi(x.args[5])
		if err != nil {
			x.err(errNotInteger)
			return
		}
		count = max(n, 0)
	}
	s, ok := x.stream(x.args[1])
	if !ok {
		return
	}
	var entries []streamEntry
	if s != nil {
		entries = s.between(first, last)
	}
	if reverse {
		entries = slices.Clone(entries)
		slices.Reverse(entries)
	}
	if count == 0 {
		x.w.NullArray()
		return
	}
	if count > 0 {
		entries = entries[:min(count, len(entries))]
	}
	x.writeStreamEntries(entries)
}

func (x *call) writeStreamEntries(entries []streamEntry) {
	x.w.Array(len(entries))
	for _, e := range entries {
		x.writeStreamEntry(e)
	}
}

func (x *call) writeStreamEntry(e streamEntry) {
	x.w.Array(2)
	x.w.Bulk(e.id.String())
	x.w.Bulks(e.fields...)
}
