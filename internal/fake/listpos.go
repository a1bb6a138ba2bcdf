package fake

import (
	"strings"
)

func (x *call) lpos() {
	rank, count, most := 1, -1, 0
	if len(x.args)%2 == 0 {
		x.err(errSyntax)
		return
	}
	for i := 3; i < len(x.args); i += 2 {
		n, err := atoi(x.args[i+1])
		if err != nil {
			x.err(errNotInteger)
			return
		}
		switch strings.ToLower(x.args[i]) {
		case "rank":
			if rank = n; n == 0 {
				x.err("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list")
				return
			}
		case "count":
			if count = n; n < 0 {
				x.err("ERR COUNT can't be negative")
				return
			}
		case "maxlen":
			if most = n; n < 0 {
				x.err("ERR MAXLEN can't be negative")
				return
			}
		default:
			x.err(errSyntax)
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
