package fake

import (
	"math"
	"slices"
	"strings"
)

// streamEnd reads an end of a range: "-", "+", "(id" or "id". why is an error.
func streamEnd(s string, upper bool) (id streamID, why string) {
	switch s {
	case "-":
		return streamID{}, ""
	case "+":
		return maxStreamID, ""
	}
	open := len(s) > 1 && s[0] == '('
	if open {
		s = s[1:]
	}
	seq := uint64(0)
	if upper {
		seq = math.MaxUint64
	}
	id, ok := readStreamID(s, seq)
	switch {
	case !ok:
		return id, errStreamID
	case !open:
		return id, ""
	case upper:
		if id, ok = id.prev(); !ok {
			return id, "ERR invalid end ID for the interval"
		}
	default:
		if id, ok = id.next(); !ok {
			return id, "ERR invalid start ID for the interval"
		}
	}
	return id, ""
}

// streamEnds reads both ends of a range, or writes the error.
func (x *call) streamEnds(low, high string) (first, last streamID, ok bool) {
	first, why := streamEnd(low, false)
	if why == "" {
		last, why = streamEnd(high, true)
	}
	if why != "" {
		x.err(why)
	}
	return first, last, why == ""
}

func (x *call) xrange(reverse bool) {
	low, high := x.args[2], x.args[3]
	if reverse {
		low, high = high, low
	}
	first, last, ok := x.streamEnds(low, high)
	if !ok {
		return
	}
	count := -1
	for i := 4; i < len(x.args); i += 2 {
		if i+1 == len(x.args) || !strings.EqualFold(x.args[i], "count") {
			x.err(errSyntax)
			return
		}
		if count, ok = x.integer(i + 1); !ok {
			return
		}
		count = max(count, 0)
	}
	s, ok := x.stream(x.args[1])
	if !ok {
		return
	}
	if s == nil {
		x.w.Array(0)
		return
	}
	if count == 0 {
		x.w.NullArray()
		return
	}
	entries := s.between(first, last)
	if reverse {
		entries = slices.Clone(entries)
		slices.Reverse(entries)
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
