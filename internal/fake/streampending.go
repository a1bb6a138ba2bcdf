package fake

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (x *call) xack() {
	s, ok := x.stream(x.args[1])
	if !ok {
		return
	}
	if s == nil || s.groups[x.args[2]] == nil {
		x.w.Int(0)
		return
	}
	ids, ok := x.streamIDs(x.args[3:])
	if !ok {
		return
	}
	g, n := s.groups[x.args[2]], 0
	for _, id := range ids {
		if g.pending[id] != nil {
			delete(g.pending, id)
			n++
		}
	}
	if n > 0 {
		x.data().slotChanged(x.args[1], s)
	}
	x.w.Int(int64(n))
}

// knownGroup is the group at a key, or an error of XPENDING and the like.
func (x *call) knownGroup(key, name string) (s *streamValue, g *streamGroup, ok bool) {
	if s, ok = x.stream(key); !ok {
		return nil, nil, false
	}
	if s == nil || s.groups[name] == nil {
		x.err("NOGROUP No such key '" + key + "' or consumer group '" + name + "'")
		return nil, nil, false
	}
	return s, s.groups[name], true
}

func (x *call) xpending() {
	if len(x.args) == 3 {
		if _, g, ok := x.knownGroup(x.args[1], x.args[2]); ok {
			x.pendingSummary(g)
		}
		return
	}
	if len(x.args) < 6 || len(x.args) > 9 {
		x.err(errSyntax)
		return
	}
	i, idle, ok := 3, 0, true
	if strings.EqualFold(x.args[3], "idle") {
		if idle, ok = x.integer(4); !ok {
			return
		}
		if i = 5; len(x.args) < 8 {
			x.err(errSyntax)
			return
		}
	}
	count, ok := x.integer(i + 2)
	if !ok {
		return
	}
	first, last, ok := x.streamEnds(x.args[i], x.args[i+1])
	if !ok {
		return
	}
	_, g, ok := x.knownGroup(x.args[1], x.args[2])
	if !ok {
		return
	}
	var found []*pendingEntry
	for _, p := range g.sortedPending(first, last) {
		if len(found) < count && x.s.expiry.now-p.delivered >= int64(idle) && (len(x.args) == i+3 || p.consumer.name == x.args[i+3]) {
			found = append(found, p)
		}
	}
	x.w.Array(len(found))
	for _, p := range found {
		x.w.Array(4)
		x.w.Bulk(p.id.String())
		x.w.Bulk(p.consumer.name)
		x.w.Int(max(x.s.expiry.now-p.delivered, 0))
		x.w.Int(p.count)
	}
}

func (x *call) pendingSummary(g *streamGroup) {
	all := g.sortedPending(streamID{}, maxStreamID)
	x.w.Array(4)
	x.w.Int(int64(len(all)))
	if len(all) == 0 {
		x.w.Null()
		x.w.Null()
		x.w.NullArray()
		return
	}
	x.w.Bulk(all[0].id.String())
	x.w.Bulk(all[len(all)-1].id.String())
	counts := map[string]int{}
	for _, p := range all {
		counts[p.consumer.name]++
	}
	x.w.Array(len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		x.w.Bulks(name, strconv.Itoa(counts[name]))
	}
}
