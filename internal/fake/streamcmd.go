package fake

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

func streamCommands() map[string]handler {
	return map[string]handler{
		"xadd": (*call).xadd, "xlen": (*call).xlen, "xdel": (*call).xdel, "xtrim": (*call).xtrim, "xsetid": (*call).xsetid,
		"xrange": func(x *call) { x.xrange(false) }, "xrevrange": func(x *call) { x.xrange(true) },
	}
}

const (
	errStreamID    = "ERR Invalid stream ID specified as stream command argument"
	errStreamSmall = "ERR The ID specified in XADD is equal or smaller than the target stream top item"
)

// stream is the stream at a key, nil if there is no key; ok is false, and the
// error written, if the key is of another type.
func (x *call) stream(key string) (s *streamValue, ok bool) {
	if s, ok = x.data().stream(key); !ok {
		x.err(errWrongType)
	}
	return s, ok
}

func (x *call) xadd() {
	var (
		t      streamTrim
		noMake bool
		ok     bool
	)
	i := 2
options:
	for i < len(x.args) {
		switch strings.ToLower(x.args[i]) {
		case "nomkstream":
			noMake = true
			i++
		case "maxlen", "minid":
			if i, ok = x.readTrim(&t, i); !ok {
				return
			}
		default:
			break options
		}
	}
	if i >= len(x.args) {
		x.err(errArity(x.cmd))
		return
	}
	idText, fields := x.args[i], x.args[i+1:]
	want, auto, autoSeq, ok := readAddID(idText)
	if !ok {
		x.err(errStreamID)
		return
	}
	if len(fields) == 0 || len(fields)%2 != 0 {
		x.err(errArity(x.cmd))
		return
	}
	if !auto && !autoSeq && want == (streamID{}) {
		x.err("ERR The ID specified in XADD must be greater than 0-0")
		return
	}
	key := x.args[1]
	s, ok := x.stream(key)
	if !ok {
		return
	}
	if s == nil && noMake {
		x.w.Null()
		return
	}
	last := streamID{}
	if s != nil {
		last = s.last
	}
	id, ok := x.newID(want, auto, autoSeq, last)
	if !ok || !last.less(id) {
		x.err(errStreamSmall)
		return
	}
	if s == nil {
		s = x.data().makeStream(key)
	}
	s.add(id, slices.Clone(fields))
	x.w.Bulk(id.String())
	k := dbKey{*x.db, key}
	x.s.notify('t', "xadd", k)
	if t.by != "" && x.trim(s, t) > 0 {
		x.s.notify('t', "xtrim", k)
	}
	x.data().slotChanged(key, s)
}

// readAddID reads "*", "ms-*", "ms" or "ms-seq".
func readAddID(s string) (id streamID, auto, autoSeq, ok bool) {
	if s == "*" {
		return id, true, false, true
	}
	if ms, found := strings.CutSuffix(s, "-*"); found {
		id.ms, ok = 0, true
		n, err := strconv.ParseUint(ms, 10, 64)
		id.ms = n
		return id, false, true, err == nil
	}
	id, ok = readStreamID(s, 0)
	return id, false, false, ok
}

// newID is the ID of a new entry behind last.
func (x *call) newID(want streamID, auto, autoSeq bool, last streamID) (streamID, bool) {
	switch {
	case auto:
		if now := uint64(x.s.expiry.now); now > last.ms {
			return streamID{now, 0}, true
		}
		return last.next()
	case autoSeq && want.ms == last.ms:
		if last.seq == math.MaxUint64 {
			return last, false
		}
		return streamID{want.ms, last.seq + 1}, true
	case autoSeq:
		return streamID{want.ms, 0}, true
	default:
		return want, true
	}
}

func (x *call) xlen() {
	if s, ok := x.stream(x.args[1]); ok {
		n := 0
		if s != nil {
			n = len(s.entries)
		}
		x.w.Int(int64(n))
	}
}

// streamIDs reads IDs, or writes the error.
func (x *call) streamIDs(texts []string) ([]streamID, bool) {
	ids := make([]streamID, len(texts))
	for i, t := range texts {
		var ok bool
		if ids[i], ok = readStreamID(t, 0); !ok {
			x.err(errStreamID)
			return nil, false
		}
	}
	return ids, true
}

func (x *call) xdel() {
	s, ok := x.stream(x.args[1])
	if !ok {
		return
	}
	if s == nil {
		x.w.Int(0)
		return
	}
	ids, ok := x.streamIDs(x.args[2:])
	if !ok {
		return
	}
	n := 0
	for _, id := range ids {
		if s.remove(id) {
			n++
		}
	}
	if n > 0 {
		x.s.notify('t', "xdel", dbKey{*x.db, x.args[1]})
		x.data().slotChanged(x.args[1], s)
	}
	x.w.Int(int64(n))
}

func (x *call) xsetid() {
	id, ok := readStreamID(x.args[2], 0)
	if !ok {
		x.err(errStreamID)
		return
	}
	added, deleted, ok := x.readSetID(id)
	if !ok {
		return
	}
	s, ok := x.stream(x.args[1])
	switch {
	case !ok:
	case s == nil:
		x.err(errNoSuchKey)
	case id.less(s.maxDeleted):
		x.err("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id")
	case len(s.entries) > 0 && id.less(s.entries[len(s.entries)-1].id):
		x.err("ERR The ID specified in XSETID is smaller than the target stream top item")
	case len(s.entries) > 0 && added >= 0 && added < len(s.entries):
		x.err("ERR The entries_added specified in XSETID is smaller than the target stream length")
	default:
		s.last = id
		if added >= 0 {
			s.added = int64(added)
		}
		if deleted != (streamID{}) {
			s.maxDeleted = deleted
		}
		x.s.notify('t', "xsetid", dbKey{*x.db, x.args[1]})
		x.w.OK()
	}
}

// readSetID reads the options of XSETID; added is -1 if it is not among them.
func (x *call) readSetID(id streamID) (added int, deleted streamID, ok bool) {
	added = -1
	for i := 3; i < len(x.args); i += 2 {
		option := strings.ToLower(x.args[i])
		if i+1 == len(x.args) {
			option = ""
		}
		switch option {
		case "entriesadded":
			if added, ok = x.integer(i + 1); !ok {
				return 0, deleted, false
			}
			if added < 0 {
				x.err("ERR entries_added must be positive")
				return 0, deleted, false
			}
		case "maxdeletedid":
			if deleted, ok = readStreamID(x.args[i+1], 0); !ok {
				x.err(errStreamID)
				return 0, deleted, false
			}
			if id.less(deleted) {
				x.err("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id")
				return 0, deleted, false
			}
		default:
			x.err(errSyntax)
			return 0, deleted, false
		}
	}
	return added, deleted, true
}
