package differ

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// looked are the databases that made-up requests use.
const looked = 3

// state is what a database holds.
type state []held

// held is a key.
type held struct {
	key, value string
	end        int64 // Unix milliseconds; -1: none
}

// String has a line for each key.
func (s state) String() string {
	lines := make([]string, len(s))
	for i, h := range s {
		lines[i] = fmt.Sprintf("%q %s", h.key, h.value)
		if h.end >= 0 {
			lines[i] += fmt.Sprintf(" until %d", h.end)
		}
	}
	return strings.Join(lines, "; ")
}

// sameState reports whether databases hold the same, until the same minute.
func sameState(a, b state) bool {
	return slices.EqualFunc(a, b, func(x, y held) bool {
		late := x.end - y.end
		return x.key == y.key && x.value == y.value && late > -60_000 && late < 60_000 && (x.end < 0) == (y.end < 0)
	})
}

// look runs a case on a target and then looks at its databases.
func (t Target) look(ctx context.Context, c Case, protocol int) (replies []resp.Value, all [looked]state, err error) {
	if replies, err = t.Run(ctx, c, protocol); err != nil {
		return nil, all, err
	}
	r := &run{target: t, ctx: ctx, conns: map[int]*conn{}}
	defer r.close()
	for db := range looked {
		if all[db], err = r.database(db); err != nil {
			return nil, all, fmt.Errorf("%s: look at database %d after %s: %w", t.Name, db, c.Name, err)
		}
	}
	return replies, all, nil
}

func (r *run) database(db int) (state, error) {
	if v, err := r.ask("SELECT", strconv.Itoa(db)); err != nil || v.IsError() {
		return nil, err // a server without the database holds nothing in it
	}
	names, err := r.ask("KEYS", "*")
	if err != nil {
		return nil, err
	}
	var all state
	for _, key := range names.Elems {
		h, err := r.held(key.Str)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b held) int { return strings.Compare(a.key, b.key) })
	return all, nil
}

// held looks at a key.
func (r *run) held(key string) (held, error) {
	typ, err := r.ask("TYPE", key)
	if err != nil {
		return held{}, err
	}
	end, err := r.ask("PEXPIRETIME", key)
	h := held{key, typ.Str, end.Int64()}
	if err != nil {
		return h, err
	}
	requests := map[string][][]string{
		"string": {{"GET", key}}, "list": {{"LRANGE", key, "0", "-1"}}, "set": {{"SMEMBERS", key}}, "hash": {{"HGETALL", key}},
		"zset": {{"ZRANGE", key, "0", "-1", "WITHSCORES"}}, "stream": {{"XRANGE", key, "-", "+"}, {"XINFO", "GROUPS", key}},
	}[typ.Str]
	if typ.Str == "string" {
		if n, err := r.ask("PFCOUNT", key); err != nil || !n.IsError() {
			h.value = "HyperLogLog of " + n.String() // which is no string in the fake
			return h, err
		}
	}
	for _, request := range requests {
		v, err := r.ask(request...)
		if err != nil {
			return h, err
		}
		switch typ.Str {
		case "set":
			slices.SortFunc(v.Elems, func(a, b resp.Value) int { return strings.Compare(a.Str, b.Str) })
		case "hash":
			v = sortedPairs(v)
		case "zset":
			v = rounded(v)
		}
		h.value += " " + v.String()
	}
	return h, nil
}

func sortedPairs(v resp.Value) resp.Value {
	pairs := slices.Collect(slices.Chunk(v.Elems, 2))
	slices.SortFunc(pairs, func(a, b []resp.Value) int { return strings.Compare(a[0].Str, b[0].Str) })
	v.Elems = slices.Concat(pairs...)
	return v
}

// rounded has the scores of members with 12 digits, 8 behind the point at
// most: a distance is the same on all machines to some more.
func rounded(v resp.Value) resp.Value {
	for i := 1; i < len(v.Elems); i += 2 {
		if f, err := strconv.ParseFloat(v.Elems[i].Str, 64); err == nil {
			if math.Abs(f) < 1e6 {
				f = math.Round(f*1e8) / 1e8
			}
			v.Elems[i].Str = strconv.FormatFloat(f, 'g', 12, 64)
		}
	}
	return v
}
