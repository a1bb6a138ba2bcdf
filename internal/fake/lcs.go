package fake

import (
	"strings"
)

// lcs is LCS: the longest common subsequence of two strings.
func (x *call) lcs() {
	var (
		length, index, withLength bool
		shortest                  int
	)
	for _, key := range x.args[1:3] {
		if t := x.data().typ(key); t != "" && t != "string" {
			x.err("ERR The specified keys must contain string values")
			return
		}
	}
	for i := 3; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "len":
			length = true
		case option == "idx":
			index = true
		case option == "withmatchlen":
			withLength = true
		case option == "minmatchlen" && i+1 < len(x.args):
			n, err := atoi(x.args[i+1])
			if err != nil {
				x.err(errNotInteger)
				return
			}
			shortest = n
			i++
		default:
			x.err(errSyntax)
			return
		}
	}
	if length && index {
		x.err("ERR If you want both the length and indexes, please just use IDX.")
		return
	}
	a, _ := x.data().get(x.args[1])
	b, _ := x.data().get(x.args[2])
	if uint64(len(a)+1)*uint64(len(b)+1) > 64<<20 {
		x.err("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
		return
	}
	common, matches := longest(a, b)
	switch {
	case length:
		x.w.Int(int64(len(common)))
	case index:
		x.lcsIndex(matches, len(common), shortest, withLength)
	default:
		x.w.Bulk(common)
	}
}

// lcsMatch is a run that both strings share, by first and last place in each.
type lcsMatch struct{ a0, a1, b0, b1 int }

// longest returns the subsequence and its runs, the last one first.
func longest(a, b string) (common string, matches []lcsMatch) {
	width := len(b) + 1
	table := make([]uint32, (len(a)+1)*width)
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			if a[i-1] == b[j-1] {
				table[i*width+j] = table[(i-1)*width+j-1] + 1
			} else {
				table[i*width+j] = max(table[(i-1)*width+j], table[i*width+j-1])
			}
		}
	}
	out := make([]byte, table[len(table)-1])
	for i, j, n := len(a), len(b), len(out); i > 0 && j > 0; {
		switch {
		case a[i-1] == b[j-1]:
			n--
			i, j = i-1, j-1
			out[n] = a[i]
			if k := len(matches) - 1; k >= 0 && matches[k].a0 == i+1 && matches[k].b0 == j+1 {
				matches[k].a0, matches[k].b0 = i, j
			} else {
				matches = append(matches, lcsMatch{i, i, j, j})
			}
		case table[(i-1)*width+j] > table[i*width+j-1]:
			i--
		default:
			j--
		}
	}
	return string(out), matches
}

func (x *call) lcsIndex(matches []lcsMatch, length, shortest int, withLength bool) {
	kept := matches[:0]
	for _, m := range matches {
		if m.a1-m.a0+1 >= shortest {
			kept = append(kept, m)
		}
	}
	x.w.Map(2)
	x.w.Bulk("matches")
	x.w.Array(len(kept))
	for _, m := range kept {
		width := 2
		if withLength {
			width = 3
		}
		x.w.Array(width)
		x.w.Array(2)
		x.w.Int(int64(m.a0))
		x.w.Int(int64(m.a1))
		x.w.Array(2)
		x.w.Int(int64(m.b0))
		x.w.Int(int64(m.b1))
		if withLength {
			x.w.Int(int64(m.a1 - m.a0 + 1))
		}
	}
	x.w.Bulk("len")
	x.w.Int(int64(length))
}
