package fake

import (
	"math"
	"strings"
)

func (x *call) lpos() {
	rank, count, most := 1, -1, 0
	for i := 3; i < len(x.args); i += 2 {
		option, ok := strings.ToLower(x.args[i]), false
		if i+1 == len(x.args) {
			option = ""
		}
		switch option {
		case "rank":
			if rank, ok = x.integerFrom(i+1, -math.MaxInt); ok && rank == 0 {
				x.err("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list")
				return
			}
		case "count":
			count, ok = x.positive(i+1, "ERR COUNT can't be negative")
		case "maxlen":
			most, ok = x.positive(i+1, "ERR MAXLEN can't be negative")
		default:
			x.err(errSyntax)
		}
		if !ok {
			return
		}
	}
	l, ok := x.list(x.args[1])
	if !ok {
		return
	}
	x.writePositions(positionsOf(l, x.args[2], rank, count, most), count)
}

func (x *call) writePositions(at []int, count int) {
	if count < 0 {
		if len(at) == 0 {
			x.w.Null()
			return
		}
		x.w.Int(int64(at[0]))
		return
	}
	x.w.Array(len(at))
	for _, i := range at {
		x.w.Int(int64(i))
	}
}

// positionsOf finds a value: the rank-th match first, at most count (0: all,
// -1: one) matches among the first most (0: all) values.
func positionsOf(l *list, value string, rank, count, most int) []int {
	var at []int
	if l == nil {
		return nil
	}
	if most == 0 || most > l.len() {
		most = l.len()
	}
	skip := max(rank, -rank) - 1
	for i := range most {
		p := i
		if rank < 0 {
			p = l.len() - 1 - i
		}
		if l.at(p) != value {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		at = append(at, p)
		if count < 0 || len(at) == count {
			break
		}
	}
	return at
}
