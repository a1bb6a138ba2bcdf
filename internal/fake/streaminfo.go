package fake

import (
	"maps"
	"slices"
	"strings"
)

// infoStream is the stream of a subcommand of XINFO.
func (x *call) infoStream() (s *streamValue, ok bool) {
	if s, ok = x.stream(x.args[2]); ok && s == nil {
		x.err(errNoSuchKey)
		return nil, false
	}
	return s, ok
}

func (x *call) xinfoStream() {
	s, ok := x.infoStream()
	if !ok {
		return
	}
	if len(x.args) > 3 {
		if strings.EqualFold(x.args[3], "full") {
			x.errUnable("XINFO STREAM FULL")
			return
		}
		x.errMisused()
		return
	}
	nodes := (len(s.entries) + 99) / 100
	x.w.Map(10)
	for _, f := range []struct {
		name  string
		value int64
	}{{"length", int64(len(s.entries))}, {"radix-tree-keys", int64(nodes)}, {"radix-tree-nodes", int64(nodes + 1)}} {
		x.w.Bulk(f.name)
		x.w.Int(f.value)
	}
	x.w.Bulk("last-generated-id")
	x.w.Bulk(s.last.String())
	x.w.Bulk("max-deleted-entry-id")
	x.w.Bulk(s.maxDeleted.String())
	x.w.Bulk("entries-added")
	x.w.Int(s.added)
	x.w.Bulk("recorded-first-entry-id")
	x.w.Bulk(s.first().String())
	x.w.Bulk("groups")
	x.w.Int(int64(len(s.groups)))
	for _, f := range []struct {
		name string
		at   int
	}{{"first-entry", 0}, {"last-entry", len(s.entries) - 1}} {
		x.w.Bulk(f.name)
		if len(s.entries) == 0 {
			x.w.Null()
		} else {
			x.writeStreamEntry(s.entries[f.at])
		}
	}
}

func (x *call) xinfoGroups() {
	s, ok := x.infoStream()
	if !ok {
		return
	}
	x.w.Array(len(s.groups))
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		g := s.groups[name]
		x.w.Map(6)
		x.w.Bulk("name")
		x.w.Bulk(name)
		x.w.Bulk("consumers")
		x.w.Int(int64(len(g.consumers)))
		x.w.Bulk("pending")
		x.w.Int(int64(len(g.pending)))
		x.w.Bulk("last-delivered-id")
		x.w.Bulk(g.last.String())
		x.w.Bulk("entries-read")
		x.intOrNull(g.read, g.read >= 0)
		x.w.Bulk("lag")
		x.intOrNull(s.lag(g))
	}
}

func (x *call) intOrNull(n int64, known bool) {
	if !known {
		x.w.Null()
		return
	}
	x.w.Int(n)
}

func (x *call) xinfoConsumers() {
	s, ok := x.infoStream()
	if !ok {
		return
	}
	g := s.groups[x.args[3]]
	if g == nil {
		x.err("NOGROUP No such consumer group '" + x.args[3] + "' for key name '" + x.args[2] + "'")
		return
	}
	now := x.s.expiry.now
	x.w.Array(len(g.consumers))
	for _, name := range slices.Sorted(maps.Keys(g.consumers)) {
		c, pending := g.consumers[name], 0
		for _, p := range g.pending {
			if p.consumer == c {
				pending++
			}
		}
		inactive := int64(-1)
		if c.active > 0 {
			inactive = now - c.active
		}
		x.w.Map(4)
		x.w.Bulk("name")
		x.w.Bulk(name)
		x.w.Bulk("pending")
		x.w.Int(int64(pending))
		x.w.Bulk("idle")
		x.w.Int(now - c.seen)
		x.w.Bulk("inactive")
		x.w.Int(inactive)
	}
}
