package fake

import (
	"maps"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/internal/glob"
)

func commandCommands() map[string]handler {
	return map[string]handler{
		"command":                 func(x *call) { x.describe(x.s.commands.top()) },
		"command|count":           func(x *call) { x.w.Int(int64(len(x.s.commands.top()))) },
		"command|list":            (*call).commandList,
		"command|info":            (*call).commandInfo,
		"command|docs":            (*call).commandDocs,
		"command|getkeys":         (*call).commandGetKeys,
		"command|getkeysandflags": (*call).commandGetKeysAndFlags,
	}
}

// top are the commands of Redis without their subcommands, by name; those the
// fake lacks are among them, and say so when called.
func (t commandTable) top() []*command {
	var all []*command
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if !strings.Contains(name, "|") {
			all = append(all, t[name])
		}
	}
	return all
}

func (x *call) describe(commands []*command) {
	x.w.Array(len(commands))
	for _, c := range commands {
		x.describeOne(c)
	}
}

// describeOne writes an entry of COMMAND. Tips and key specifications are
// left empty: clients of a single server have no use for them.
func (x *call) describeOne(c *command) {
	if c == nil {
		x.w.Null()
		return
	}
	x.w.Array(10)
	x.w.Bulk(c.name)
	x.w.Int(int64(c.arity))
	x.w.Set(len(c.flags))
	for _, f := range c.flags {
		x.w.Simple(f)
	}
	x.w.Int(int64(c.first))
	x.w.Int(int64(c.last))
	x.w.Int(int64(c.step))
	x.w.Set(len(c.categories))
	for _, a := range c.categories {
		x.w.Simple("@" + a)
	}
	x.w.Array(0)
	x.w.Array(0)
	x.describe(c.subs)
}

func (x *call) commandInfo() {
	if len(x.args) == 2 {
		x.describe(x.s.commands.top())
		return
	}
	var found []*command
	for _, name := range x.args[2:] {
		found = append(found, x.s.commands[strings.ToLower(name)])
	}
	x.describe(found)
}

func (x *call) commandDocs() {
	names := x.args[2:]
	if len(names) == 0 {
		for _, c := range x.s.commands.top() {
			names = append(names, c.name)
		}
	}
	var found []*command
	for _, name := range names {
		if c := x.s.commands[strings.ToLower(name)]; c != nil {
			found = append(found, c)
		}
	}
	x.w.Map(len(found))
	for _, c := range found {
		x.w.Bulk(c.name)
		x.w.Map(2)
		x.w.Bulk("since")
		x.w.Bulk(c.since)
		x.w.Bulk("group")
		x.w.Bulk(c.group)
	}
}

func (x *call) commandList() {
	keep := func(*command) bool { return true }
	if len(x.args) > 2 {
		if len(x.args) != 5 || !strings.EqualFold(x.args[2], "filterby") {
			x.err(errSyntax)
			return
		}
		by := strings.ToLower(x.args[4])
		switch strings.ToLower(x.args[3]) {
		case "aclcat":
			keep = func(c *command) bool { return slices.Contains(c.categories, by) }
		case "pattern":
			keep = func(c *command) bool { return glob.Match(by, c.name) }
		case "module":
			keep = func(*command) bool { return false }
		default:
			x.err(errSyntax)
			return
		}
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(x.s.commands)) {
		if c := x.s.commands[name]; keep(c) && (len(x.args) > 2 || !strings.Contains(name, "|")) {
			names = append(names, name)
		}
	}
	x.w.Bulks(names...)
}

// keysOf finds the keys of the request given as arguments, or writes why not.
func (x *call) keysOf() (cmd *command, args []string, at []int) {
	args = x.args[2:]
	cmd, _ = x.s.commands.find(args)
	switch {
	case cmd == nil:
		x.err("ERR Invalid command specified")
		return nil, nil, nil
	case len(cmd.keys) == 0:
		x.err("ERR The command has no key arguments")
		return nil, nil, nil
	case !cmd.accepts(len(args)):
		x.err("ERR Invalid number of arguments specified for command")
		return nil, nil, nil
	}
	at = cmd.positions(args)
	if len(at) == 0 && !slices.Contains(cmd.flags, "no_mandatory_keys") {
		x.err("ERR Invalid arguments specified for command")
		return nil, nil, nil
	}
	return cmd, args, at
}

func (x *call) commandGetKeys() {
	cmd, args, at := x.keysOf()
	if cmd == nil {
		return
	}
	x.w.Array(len(at))
	for _, i := range at {
		x.w.Bulk(args[i])
	}
}

func (x *call) commandGetKeysAndFlags() {
	cmd, args, at := x.keysOf()
	if cmd == nil {
		return
	}
	x.w.Array(len(at))
	for _, i := range at {
		var flags []string
		for _, k := range cmd.keys {
			if slices.Contains(k.positions(nil, args), i) {
				flags = k.flags
			}
		}
		if flags == nil { // the STORE of SORT, which no specification tells
			flags = []string{"OW", "update"}
		}
		x.w.Array(2)
		x.w.Bulk(args[i])
		x.w.Set(len(flags))
		for _, f := range flags {
			x.w.Simple(f)
		}
	}
}
