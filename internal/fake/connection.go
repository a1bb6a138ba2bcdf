package fake

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

func connectionCommands() map[string]handler {
	return map[string]handler{
		"ping": (*call).ping, "echo": func(x *call) { x.w.Bulk(x.args[1]) },
		"auth": (*call).auth, "hello": (*call).hello, "select": (*call).selectDB,
		"quit": func(x *call) { x.w.OK(); x.c.end() }, "reset": (*call).reset,
		"asking":    func(x *call) { x.err("ERR This instance has cluster support disabled") },
		"readwrite": func(x *call) { x.err("ERR This instance has cluster support disabled") },
		"readonly":  func(x *call) { x.err("ERR This instance has cluster support disabled") },
	}
}

func (x *call) ping() {
	if len(x.args) > 2 {
		x.err(errArity(x.cmd))
		return
	}
	if x.c.subs.count() > 0 && !x.w.RESP3 && x.script == nil {
		x.w.Array(2)
		x.w.Bulk("pong")
		x.w.Bulk(strings.Join(x.args[1:], ""))
		return
	}
	if len(x.args) == 2 {
		x.w.Bulk(x.args[1])
		return
	}
	x.w.Simple("PONG")
}

const errWrongPass = "WRONGPASS invalid username-password pair or user is disabled."

func (x *call) auth() {
	name, password := "default", x.args[1]
	switch len(x.args) {
	case 2:
		if d := x.s.users.byName["default"]; d.noPass {
			x.err("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
			return
		}
	case 3:
		name, password = x.args[1], x.args[2]
	default:
		x.err(errSyntax)
		return
	}
	if x.login(name, password) {
		x.w.OK()
	}
}

// login makes the connection the user's, or answers why not.
func (x *call) login(name, password string) bool {
	u := x.s.users.login(name, password)
	if u == nil {
		x.s.stats.denied.auth++
		x.s.users.note(denial{reason: "auth", context: "toplevel", object: x.cmd.title(), username: name, client: x.c.info()}, x.s)
		x.err(errWrongPass)
		return false
	}
	x.c.user, x.c.authed = u, true
	return true
}

func (x *call) hello() {
	resp3, name, named := x.w.RESP3, "", false
	args := x.args[1:]
	if len(args) > 0 {
		switch n, err := atoi(args[0]); {
		case err != nil:
			x.err("ERR Protocol version is not an integer or out of range")
			return
		case n != 2 && n != 3:
			x.err("NOPROTO unsupported protocol version")
			return
		default:
			resp3 = n == 3
		}
		args = args[1:]
	}
	var login []string
	for len(args) > 0 {
		switch option := strings.ToLower(args[0]); {
		case option == "auth" && len(args) >= 3:
			login, args = args[1:3], args[3:]
		case option == "setname" && len(args) >= 2:
			if name, named = args[1], true; !validName(name) {
				x.err(errClientName)
				return
			}
			args = args[2:]
		default:
			x.err("ERR Syntax error in HELLO option '" + args[0] + "'")
			return
		}
	}
	if login != nil && !x.login(login[0], login[1]) {
		return
	}
	if !x.c.authed {
		x.err("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time")
		return
	}
	if named {
		x.c.name = name
	}
	x.w.RESP3 = resp3
	x.helloReply()
}

func (x *call) helloReply() {
	proto := int64(2)
	if x.w.RESP3 {
		proto = 3
	}
	x.w.Map(7)
	x.w.Bulk("server")
	x.w.Bulk("redis")
	x.w.Bulk("version")
	x.w.Bulk(Version)
	x.w.Bulk("proto")
	x.w.Int(proto)
	x.w.Bulk("id")
	x.w.Int(x.c.id)
	x.w.Bulk("mode")
	x.w.Bulk("standalone")
	x.w.Bulk("role")
	x.w.Bulk("master")
	x.w.Bulk("modules")
	x.w.Array(0)
}

func (x *call) selectDB() {
	n, ok := x.short(1)
	switch {
	case !ok:
	case n < 0 || n >= x.s.cfg.Databases:
		x.err(errDBRange)
	default:
		*x.db = n
		x.w.OK()
	}
}

// reset makes the connection as good as new.
func (x *call) reset() {
	c, s := x.c, x.s
	s.leaveTx(c)
	s.unsubscribeAll(c)
	s.unmonitor(c)
	c.user, c.authed = s.users.greet()
	c.db, c.name, c.asking, c.noEvict, c.noTouch, c.mute = 0, "", false, false, false, replyOn
	c.out.RESP3 = false
	x.w.Simple("RESET")
}
