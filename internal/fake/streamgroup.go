package fake

import (
	"strings"
)

func streamGroupCommands() map[string]handler {
	return map[string]handler{
		"xgroup|create": (*call).xgroupCreate, "xgroup|setid": (*call).xgroupSetID, "xgroup|destroy": (*call).xgroupDestroy,
		"xgroup|createconsumer": (*call).xgroupCreateConsumer, "xgroup|delconsumer": (*call).xgroupDelConsumer,
		"xack": (*call).xack, "xpending": (*call).xpending,
		"xinfo|stream": (*call).xinfoStream, "xinfo|groups": (*call).xinfoGroups, "xinfo|consumers": (*call).xinfoConsumers,
	}
}

const errXGroupKey = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically."

// groupOptions reads the options of XGROUP CREATE and SETID behind the ID.
func (x *call) groupOptions() (read int64, mkstream, ok bool) {
	read = -1
	for i := 5; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "mkstream" && x.cmd.name == "xgroup|create":
			mkstream = true
		case option == "entriesread" && i+1 < len(x.args):
			n, ok := x.integer(i + 1)
			if !ok {
				return 0, false, false
			}
			if n < -1 {
				x.err("ERR value for ENTRIESREAD must be positive or -1")
				return 0, false, false
			}
			read = int64(n)
			i++
		default:
			x.errMisused()
			return 0, false, false
		}
	}
	return read, mkstream, true
}

// groupID reads where a group begins.
func (x *call) groupID(s *streamValue, text string) (id streamID, ok bool) {
	if text != "$" {
		if id, ok = readStreamID(text, 0); !ok {
			x.err(errStreamID)
		}
		return id, ok
	}
	if s != nil {
		id = s.last
	}
	return id, true
}

func (x *call) xgroupCreate() {
	key, name := x.args[2], x.args[3]
	read, mkstream, ok := x.groupOptions()
	if !ok {
		return
	}
	s, ok := x.stream(key)
	switch {
	case !ok:
		return
	case s == nil && !mkstream:
		x.err(errXGroupKey)
		return
	case len(x.args) > 8:
		x.errMisused()
		return
	}
	id, ok := x.groupID(s, x.args[4])
	if !ok {
		return
	}
	if s == nil {
		s = x.data().makeStream(key)
	}
	if s.groups[name] != nil {
		x.err("BUSYGROUP Consumer Group name already exists")
		return
	}
	s.groups[name] = &streamGroup{last: id, read: read, pending: map[streamID]*pendingEntry{}, consumers: map[string]*streamConsumer{}}
	x.streamEvent("xgroup-create", key, s)
	x.w.OK()
}

func (x *call) streamEvent(event, key string, s *streamValue) {
	x.data().slotChanged(key, s)
	x.s.notify('t', event, dbKey{*x.db, key})
}

// xgroup finds the stream and the group of a subcommand of XGROUP.
func (x *call) xgroup() (s *streamValue, g *streamGroup, ok bool) {
	if s, ok = x.stream(x.args[2]); !ok {
		return nil, nil, false
	}
	if s == nil {
		x.err(errXGroupKey)
		return nil, nil, false
	}
	if g = s.groups[x.args[3]]; g == nil && x.cmd.name != "xgroup|destroy" {
		x.err("NOGROUP No such consumer group '" + x.args[3] + "' for key name '" + x.args[2] + "'")
		return nil, nil, false
	}
	return s, g, true
}

func (x *call) xgroupSetID() {
	read, _, ok := x.groupOptions()
	if !ok {
		return
	}
	s, g, ok := x.xgroup()
	if !ok {
		return
	}
	if len(x.args) > 7 {
		x.errMisused()
		return
	}
	id, ok := x.groupID(s, x.args[4])
	if !ok {
		return
	}
	g.last, g.read = id, read
	x.streamEvent("xgroup-setid", x.args[2], s)
	x.w.OK()
}

func (x *call) xgroupDestroy() {
	s, g, ok := x.xgroup()
	if !ok {
		return
	}
	if g == nil {
		x.w.Int(0)
		return
	}
	delete(s.groups, x.args[3])
	x.streamEvent("xgroup-destroy", x.args[2], s)
	x.s.changed(dbKey{*x.db, x.args[2]})
	x.w.Int(1)
}

func (x *call) xgroupCreateConsumer() {
	s, g, ok := x.xgroup()
	if !ok {
		return
	}
	if g.consumers[x.args[4]] != nil {
		x.w.Int(0)
		return
	}
	g.consumer(x.args[4], x.s.expiry.now)
	x.streamEvent("xgroup-createconsumer", x.args[2], s)
	x.w.Int(1)
}

func (x *call) xgroupDelConsumer() {
	s, g, ok := x.xgroup()
	if !ok {
		return
	}
	n := 0
	if c := g.consumers[x.args[4]]; c != nil {
		for id, p := range g.pending {
			if p.consumer == c {
				delete(g.pending, id)
				n++
			}
		}
		delete(g.consumers, x.args[4])
		x.streamEvent("xgroup-delconsumer", x.args[2], s)
	}
	x.w.Int(int64(n))
}
