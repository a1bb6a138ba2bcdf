package fake

import (
	"math"
	"strings"
)

// streamTrim are the options XADD and XTRIM share.
type streamTrim struct {
	by     string // maxlen, minid or ""
	approx bool
	maxLen int64
	minID  streamID
	limit  int64
}

// readTrim reads MAXLEN|MINID [=|~] threshold [LIMIT n] at args[i] and
// returns the place behind.
func (x *call) readTrim(t *streamTrim, i int) (next int, ok bool) {
	if t.by != "" {
		x.err("ERR syntax error, MAXLEN and MINID options at the same time are not compatible")
		return i, false
	}
	t.by, t.limit = strings.ToLower(x.args[i]), -1
	i++
	if i < len(x.args)-1 && (x.args[i] == "=" || x.args[i] == "~") {
		t.approx = x.args[i] == "~"
		i++
	}
	if i >= len(x.args) {
		x.err(errSyntax)
		return i, false
	}
	if t.by == "maxlen" {
		n, err := parseInt(x.args[i])
		if err != nil {
			x.err(errNotInteger)
			return i, false
		}
		if t.maxLen = n; n < 0 {
			x.err("ERR The MAXLEN argument must be >= 0.")
			return i, false
		}
	} else if t.minID, ok = readStreamID(x.args[i], 0); !ok {
		x.err(errStreamID)
		return i, false
	}
	i++
	if i+1 < len(x.args) && strings.EqualFold(x.args[i], "limit") {
		n, err := parseInt(x.args[i+1])
		if err != nil {
			x.err(errNotInteger)
			return i, false
		}
		if t.limit = n; n < 0 {
			x.err("ERR The LIMIT argument must be >= 0.")
			return i, false
		}
		if !t.approx {
			x.err("ERR syntax error, LIMIT cannot be used without the special ~ option")
			return i, false
		}
		i += 2
	}
	return i, true
}

// trim applies the options. A trim that may be approximate leaves all that
// Redis leaves: it drops whole nodes of the tree only.
func (x *call) trim(s *streamValue, t streamTrim) int {
	n := 0
	switch t.by {
	case "maxlen":
		n = max(len(s.entries)-int(min(t.maxLen, math.MaxInt32)), 0)
	case "minid":
		n = s.find(t.minID)
	}
	if t.approx {
		n = wholeNodes(n, len(s.entries), x.s.settings.number("stream-node-max-entries"), t.limit)
	}
	s.trim(n)
	return n
}

// wholeNodes is how many of the first n of all entries lie in nodes that go as
// a whole, up to a limit: 0 is none, -1 what Redis takes if it is not told.
func wholeNodes(n, all, node int, limit int64) int {
	node = max(node, 1)
	if limit < 0 {
		limit = int64(100 * node)
	}
	whole := n - n%node
	if n == all {
		whole = all // the last node, full or not
	}
	for limit > 0 && int64(whole) > limit {
		whole = (whole - 1) / node * node
	}
	return whole
}

func (x *call) xtrim() {
	var t streamTrim
	if by := strings.ToLower(x.args[2]); by != "maxlen" && by != "minid" {
		x.err(errSyntax)
		return
	}
	i, ok := x.readTrim(&t, 2)
	if !ok {
		return
	}
	if i != len(x.args) {
		x.err(errSyntax)
		return
	}
	s, ok := x.stream(x.args[1])
	if !ok {
		return
	}
	n := 0
	if s != nil {
		n = x.trim(s, t)
	}
	if n > 0 {
		x.s.notify('t', "xtrim", dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], s)
	}
	x.w.Int(int64(n))
}
