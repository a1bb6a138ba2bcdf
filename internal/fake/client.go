package fake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const errClientName = "ERR Client names cannot contain spaces, newlines or special characters."

func clientCommands() map[string]handler {
	return map[string]handler{
		"client|id":       func(x *call) { x.w.Int(x.c.id) },
		"client|info":     func(x *call) { x.w.Verbatim("txt", x.c.info()+"\n") },
		"client|list":     (*call).clientList,
		"client|kill":     (*call).clientKill,
		"client|setname":  (*call).clientSetName,
		"client|getname":  (*call).clientGetName,
		"client|setinfo":  (*call).clientSetInfo,
		"client|no-evict": func(x *call) { x.onOff(&x.c.noEvict) },
		"client|no-touch": func(x *call) { x.onOff(&x.c.noTouch) },
		"client|pause":    (*call).clientPause,
		"client|unpause":  func(x *call) { x.s.unpause(); x.w.OK() },
		"client|unblock":  (*call).clientUnblock,
		"client|reply":    (*call).clientReply,
		"client|getredir": func(x *call) { x.w.Int(-1) },
		"client|tracking": (*call).clientTracking,
	}
}

func validName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r < '!' || r > '~' })
}

func (x *call) clientSetName() {
	if !validName(x.args[2]) {
		x.err(errClientName)
		return
	}
	x.c.name = x.args[2]
	x.w.OK()
}

func (x *call) clientGetName() {
	if x.c.name == "" {
		x.w.Null()
		return
	}
	x.w.Bulk(x.c.name)
}

func (x *call) clientSetInfo() {
	option, value := strings.ToLower(x.args[2]), x.args[3]
	switch {
	case option != "lib-name" && option != "lib-ver":
		x.err("ERR Unrecognized option '" + x.args[2] + "'")
	case !validName(value):
		x.err("ERR " + x.args[2] + " cannot contain spaces, newlines or special characters.")
	case option == "lib-name":
		x.c.libName = value
		x.w.OK()
	default:
		x.c.libVer = value
		x.w.OK()
	}
}

func (x *call) onOff(flag *bool) {
	switch strings.ToLower(x.args[2]) {
	case "on":
		*flag = true
	case "off":
		*flag = false
	default:
		x.err(errSyntax)
		return
	}
	x.w.OK()
}

func (x *call) clientTracking() {
	if strings.EqualFold(x.args[2], "off") {
		x.w.OK()
		return
	}
	x.errUnable("CLIENT TRACKING")
}

// info is the client's line of CLIENT LIST.
func (c *conn) info() string {
	now, flags, multi, resp := c.s.clock.now(), "", -1, 2
	if c.monitor {
		flags += "O"
	}
	if c.subs.count() > 0 {
		flags += "P"
	}
	if c.tx != nil {
		flags, multi = flags+"x", len(c.tx.queue)
	}
	if c.waits != nil {
		flags += "b"
	}
	if c.watched.dirty {
		flags += "d"
	}
	if c.noEvict {
		flags += "e"
	}
	if c.noTouch {
		flags += "T"
	}
	if flags == "" {
		flags = "N"
	}
	if c.out.RESP3 {
		resp = 3
	}
	name := "NULL"
	if c.lastName != "" {
		name = c.lastName
	}
	return fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=%d sub=%d psub=%d ssub=%d multi=%d watch=%d "+
		"qbuf=%d qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=%d tot-mem=0 events=r cmd=%s user=%s redir=-1 resp=%d lib-name=%s lib-ver=%s",
		c.id, c.link.remote(), c.link.local(), c.id, c.name, int(now.Sub(c.since).Seconds()), int(now.Sub(c.last).Seconds()), flags, c.db,
		len(c.subs.channels), len(c.subs.patterns), len(c.subs.shards), multi, len(c.watched.keys),
		c.parser.Buffered(), c.output(), name, c.user.name, resp, c.libName, c.libVer)
}

// kind is the client's type, as CLIENT LIST TYPE names it.
func (c *conn) kind() string {
	if c.subs.count() > 0 {
		return "pubsub"
	}
	return "normal"
}

// clients are all connections by age.
func (s *Server) clients() []*conn {
	ids := slices.Sorted(maps.Keys(s.conns))
	all := make([]*conn, len(ids))
	for i, id := range ids {
		all[i] = s.conns[id]
	}
	return all
}

// clientKinds are the types of clients that LIST and KILL know.
var clientKinds = []string{"normal", "master", "replica", "slave", "pubsub"}

func (x *call) clientList() {
	keep := func(*conn) bool { return true }
	switch args := x.args[2:]; {
	case len(args) == 0:
	case len(args) == 2 && strings.EqualFold(args[0], "type"):
		kind := strings.ToLower(args[1])
		if !slices.Contains(clientKinds, kind) {
			x.err("ERR Unknown client type '" + args[1] + "'")
			return
		}
		keep = func(c *conn) bool { return c.kind() == kind }
	case len(args) >= 2 && strings.EqualFold(args[0], "id"):
		ids := map[int64]bool{}
		for _, a := range args[1:] {
			id, err := parseInt(a)
			if err != nil {
				x.err("ERR Invalid client ID")
				return
			}
			ids[id] = true
		}
		keep = func(c *conn) bool { return ids[c.id] }
	default:
		x.err(errSyntax)
		return
	}
	var b strings.Builder
	for _, c := range x.s.clients() {
		if keep(c) {
			b.WriteString(c.info() + "\n")
		}
	}
	x.w.Verbatim("txt", b.String())
}

func (x *call) clientReply() {
	switch strings.ToLower(x.args[2]) {
	case "on":
		x.c.mute = replyOn
		x.w.OK()
	case "off":
		x.c.mute = replyOff
	case "skip":
		if x.c.mute == replyOn {
			x.c.mute = replySkipNext
		}
	default:
		x.err(errSyntax)
	}
}
