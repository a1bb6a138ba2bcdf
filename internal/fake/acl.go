package fake

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

func aclCommands() map[string]handler {
	return map[string]handler{
		"acl|whoami":  func(x *call) { x.w.Bulk(x.c.user.name) },
		"acl|users":   func(x *call) { x.w.Bulks(slices.Sorted(maps.Keys(x.s.users.byName))...) },
		"acl|list":    (*call).aclList,
		"acl|getuser": (*call).aclGetUser,
		"acl|setuser": (*call).aclSetUser,
		"acl|deluser": (*call).aclDelUser,
		"acl|cat":     (*call).aclCat,
		"acl|genpass": (*call).aclGenPass,
		"acl|log":     (*call).aclLog,
		"acl|dryrun":  (*call).aclDryRun,
	}
}

func (x *call) aclList() {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(x.s.users.byName)) {
		lines = append(lines, x.s.users.byName[name].rules())
	}
	x.w.Bulks(lines...)
}

func (x *call) aclGetUser() {
	u := x.s.users.byName[x.args[2]]
	if u == nil {
		x.w.Null()
		return
	}
	x.w.Map(6)
	x.w.Bulk("flags")
	flags := u.flagNames()
	x.w.Set(len(flags))
	for _, f := range flags {
		x.w.Bulk(f)
	}
	x.w.Bulk("passwords")
	x.w.Bulks(u.passwords...)
	x.w.Bulk("commands")
	x.w.Bulk(u.commandText())
	x.w.Bulk("keys")
	x.w.Bulk(u.keyText())
	x.w.Bulk("channels")
	x.w.Bulk(u.channelText())
	x.w.Bulk("selectors")
	x.w.Array(0)
}

func (x *call) aclSetUser() {
	if strings.ContainsAny(x.args[2], " \t\n\v\f\r\x00") {
		x.err("ERR Usernames can't contain spaces or null characters")
		return
	}
	old := x.s.users.byName[x.args[2]]
	u := &user{name: x.args[2]}
	if old != nil {
		*u = *old
		u.passwords, u.commands = slices.Clone(u.passwords), slices.Clone(u.commands)
		u.keys, u.channels = slices.Clone(u.keys), slices.Clone(u.channels)
	}
	for _, rule := range x.args[3:] {
		if rule == "" {
			continue
		}
		if strings.HasPrefix(rule, "(") || rule == "clearselectors" {
			x.errUnable("ACL selectors")
			return
		}
		if why := u.apply(rule, x.s.commands); why != "" {
			x.err("ERR Error in ACL SETUSER modifier '" + rule + "': " + why)
			return
		}
	}
	if old != nil {
		*old = *u // connections hold it
	} else {
		x.s.users.byName[u.name] = u
	}
	x.w.OK()
}

// aclCategories are in the order of ACL CAT.
var aclCategories = []string{
	"keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo",
	"stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
}

func (x *call) aclDelUser() {
	n := 0
	for _, name := range x.args[2:] {
		if name == "default" {
			x.err("ERR The 'default' user cannot be removed")
			return
		}
	}
	for _, name := range x.args[2:] {
		u := x.s.users.byName[name]
		if u == nil {
			continue
		}
		n++
		delete(x.s.users.byName, name)
		for _, c := range x.s.conns {
			if c.user == u {
				c.end()
			}
		}
	}
	x.w.Int(int64(n))
}

func (x *call) aclCat() {
	if len(x.args) > 3 {
		x.errMisused()
		return
	}
	if len(x.args) == 2 {
		x.w.Bulks(aclCategories...)
		return
	}
	category := strings.ToLower(x.args[2])
	if !slices.Contains(aclCategories, category) {
		x.err("ERR Unknown category '" + x.args[2] + "'")
		return
	}
	var names []string
	for name, c := range x.s.commands {
		if slices.Contains(c.categories, category) && len(c.subs) == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	x.w.Bulks(names...)
}

func (x *call) aclGenPass() {
	bits := 256
	if len(x.args) > 2 {
		n, err := atoi(x.args[2])
		if err != nil {
			x.err(errNotInteger)
			return
		}
		if n < 1 || n > 4096 {
			x.err("ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096")
			return
		}
		bits = n
	}
	digits := (bits + 3) / 4
	b := make([]byte, (digits+1)/2)
	rand.Read(b) // never fails
	x.w.Bulk(hex.EncodeToString(b)[:digits])
}

func (x *call) aclLog() {
	log := x.s.users.log
	if len(x.args) > 2 {
		if strings.EqualFold(x.args[2], "reset") {
			x.s.users.log = nil
			x.w.OK()
			return
		}
		n, err := atoi(x.args[2])
		if err != nil {
			x.err(errNotInteger)
			return
		}
		log = log[:min(max(n, 0), len(log))]
	} else {
		log = log[:min(10, len(log))]
	}
	now := x.s.clock.now()
	x.w.Array(len(log))
	for _, d := range log {
		x.w.Map(10)
		x.w.Bulk("count")
		x.w.Int(int64(d.count))
		for _, pair := range [][2]string{{"reason", d.reason}, {"context", d.context}, {"object", d.object}, {"username", d.username}} {
			x.w.Bulk(pair[0])
			x.w.Bulk(pair[1])
		}
		x.w.Bulk("age-seconds")
		x.w.Double(now.Sub(d.updated).Truncate(time.Millisecond).Seconds())
		x.w.Bulk("client-info")
		x.w.Bulk(d.client)
		x.w.Bulk("entry-id")
		x.w.Int(d.id)
		x.w.Bulk("timestamp-created")
		x.w.Int(d.created.UnixMilli())
		x.w.Bulk("timestamp-last-updated")
		x.w.Int(d.updated.UnixMilli())
	}
}

func (x *call) aclDryRun() {
	u := x.s.users.byName[x.args[2]]
	if u == nil {
		x.err("ERR User '" + x.args[2] + "' not found")
		return
	}
	args := x.args[3:]
	cmd, _ := x.s.commands.find(args)
	switch {
	case cmd == nil:
		x.err("ERR Command '" + args[0] + "' not found")
	case !cmd.accepts(len(args)):
		x.err(errArity(cmd))
	default:
		switch why := u.refuses(cmd, args); {
		case why == "":
			x.w.OK()
		case strings.HasSuffix(why, "a key"):
			x.w.Bulk("User " + u.name + " has no permissions to access the '" + u.forbiddenKey(cmd, args) + "' key")
		case strings.HasSuffix(why, "a channel"):
			x.w.Bulk("User " + u.name + " has no permissions to access the '" + args[1] + "' channel")
		default:
			x.w.Bulk(strings.TrimPrefix(why, "NOPERM "))
		}
	}
}
