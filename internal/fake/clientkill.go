package fake

import (
	"slices"
	"strings"
)

func (x *call) clientKill() {
	args := x.args[2:]
	if len(args) == 1 { // the old form
		for _, c := range x.s.clients() {
			if c.link.remote() == args[0] {
				x.w.OK()
				x.killClient(c)
				return
			}
		}
		x.err("ERR No such client")
		return
	}
	tests, skipMe, why := x.killFilter(args)
	if why != "" {
		x.err(why)
		return
	}
	killed := 0
	for _, c := range x.s.clients() {
		if skipMe && c == x.c || slices.ContainsFunc(tests, func(t func(*conn) bool) bool { return !t(c) }) {
			continue
		}
		killed++
		x.killClient(c)
	}
	x.w.Int(int64(killed))
}

// killClient ends a client; the caller gets its reply first.
func (x *call) killClient(c *conn) {
	if c == x.c {
		c.end()
	} else {
		c.kill()
	}
}

func (x *call) killFilter(args []string) (tests []func(*conn) bool, skipMe bool, why string) {
	skipMe = true
	for pair := range slices.Chunk(args, 2) {
		if len(pair) == 1 {
			return nil, false, errSyntax
		}
		value := pair[1]
		var test func(*conn) bool
		switch strings.ToLower(pair[0]) {
		case "id":
			id, err := parseInt(value)
			if err != nil || id < 1 {
				return nil, false, "ERR client-id should be greater than 0"
			}
			test = func(c *conn) bool { return c.id == id }
		case "addr":
			test = func(c *conn) bool { return c.link.remote() == value }
		case "laddr":
			test = func(c *conn) bool { return c.link.local() == value }
		case "user":
			if x.s.users.byName[value] == nil {
				return nil, false, "ERR No such user '" + value + "'"
			}
			test = func(c *conn) bool { return c.user.name == value }
		case "type":
			if !slices.Contains(clientKinds, strings.ToLower(value)) {
				return nil, false, "ERR Unknown client type '" + value + "'"
			}
			test = func(c *conn) bool { return c.kind() == strings.ToLower(value) }
		case "maxage":
			age, err := atoi(value)
			if err != nil || age < 1 {
				return nil, false, "ERR maxage is not an integer or out of range"
			}
			test = func(c *conn) bool { return int(x.s.clock.now().Sub(c.since).Seconds()) >= age }
		case "skipme":
			switch strings.ToLower(value) {
			case "yes":
				skipMe = true
			case "no":
				skipMe = false
			default:
				return nil, false, errSyntax
			}
			continue
		default:
			return nil, false, errSyntax
		}
		tests = append(tests, test)
	}
	return tests, skipMe, ""
}

func (x *call) clientUnblock() {
	mode := "timeout"
	if len(x.args) > 4 {
		x.errMisused()
		return
	}
	if len(x.args) == 4 {
		if mode = strings.ToLower(x.args[3]); mode != "timeout" && mode != "error" {
			x.err("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
			return
		}
	}
	id, err := parseInt(x.args[2])
	if err != nil {
		x.err(errNotInteger)
		return
	}
	c := x.s.conns[id]
	if c == nil || c.waits == nil {
		x.w.Int(0)
		return
	}
	if mode == "error" {
		c.waits.expire = func() { c.out.Error("UNBLOCKED client unblocked via CLIENT UNBLOCK") }
	}
	x.s.endWait(c.waits)
	x.w.Int(1)
}
