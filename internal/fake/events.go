package fake

import (
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// eventOf names the keyspace event of commands of miniredis that change one
// key: its class, and the event. Those marked with ? change nothing, and have
// no event, when the reply is 0 or a null.
var eventOf = map[string]string{
	"append": "$append", "incrbyfloat": "$incrbyfloat",
	"setrange": "$setrange?", "setbit": "$setbit", "getset": "$set", "setnx": "$set?", "bitop": "$set?", "pfadd": "$pfadd?", "pfmerge": "$pfadd",
	"hset": "hhset", "hmset": "hhset", "hsetnx": "hhset?", "hincrby": "hhincrby", "hincrbyfloat": "hhincrbyfloat", "hdel": "hhdel?",
	"sadd": "ssadd?", "srem": "ssrem?", "spop": "sspop?", "sinterstore": "ssinterstore?", "sunionstore": "ssunionstore?", "sdiffstore": "ssdiffstore?",
}

// withEvents runs a command of miniredis and publishes the keyspace events
// that Redis would, judging by the reply and by which keys have come and gone.
func (x *call) withEvents(run func()) {
	keys := x.keys()
	existed := make([]bool, len(keys))
	for i, k := range keys {
		existed[i] = x.data().exists(k.key)
	}
	start := x.w.Len()
	run()
	reply := string(x.w.Bytes()[start:])
	if strings.HasPrefix(reply, "-") {
		return
	}
	for i, k := range keys {
		if !existed[i] && x.data().exists(k.key) {
			x.s.notify('n', "new", k)
		}
	}
	changed := reply != ":0\r\n" && reply != "$-1\r\n" && reply != "_\r\n" && reply != "*0\r\n" && reply != "~0\r\n"
	x.ownEvents(keys, existed, changed)
	for i, k := range keys {
		if existed[i] && !x.data().exists(k.key) && x.cmd.name != "rename" && x.cmd.name != "renamenx" && x.cmd.name != "move" {
			x.s.notify('g', "del", k)
		}
	}
}

// ownEvents publishes the events that name what the command has done.
func (x *call) ownEvents(keys []dbKey, existed []bool, changed bool) {
	s := x.s
	switch name := x.cmd.name; name {
	case "mset", "msetnx":
		for _, k := range keys {
			if changed {
				s.notify('$', "set", k)
			}
		}
	case "rename", "renamenx":
		if changed {
			s.notify('g', "rename_from", keys[0])
			s.notify('g', "rename_to", keys[1])
		}
	case "move":
		if changed {
			s.notify('g', "move_from", keys[0])
			s.notify('g', "move_to", keys[0])
		}
	case "smove":
		if changed {
			s.notify('s', "srem", keys[0])
			s.notify('s', "sadd", keys[1])
		}
	default:
		event, ok := eventOf[name]
		event, conditional := strings.CutSuffix(event, "?")
		if ok && (changed || !conditional) {
			s.notify(event[0], event[1:], keys[0])
		}
	}
}

// native runs the command of miniredis.
func (x *call) native() {
	x.observed(func() { x.data().run(x.w, x.args...) })
}

// nativeStore runs a command of miniredis that stores a set: miniredis keeps
// one without members, which in Redis is no key.
func (x *call) nativeStore() {
	x.observed(func() {
		start := x.w.Len()
		x.data().run(x.w, x.args...)
		if string(x.w.Bytes()[start:]) == ":0\r\n" {
			x.data().remove(x.args[1])
		}
	})
}

// observed publishes the events of what run does, if anybody listens.
func (x *call) observed(run func()) {
	if x.cmd.write && x.s.settings.events != "" {
		x.withEvents(run)
		return
	}
	run()
}

// nativeSet runs a command of miniredis whose array RESP3 calls a set.
func (x *call) nativeSet() {
	start := x.w.Len()
	x.native()
	if b := x.w.Bytes(); x.w.RESP3 && b[start] == '*' {
		b[start] = byte(resp.Set)
	}
}
