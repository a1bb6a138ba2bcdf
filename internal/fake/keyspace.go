package fake

import (
	"strings"
)

func keyCommands() map[string]handler {
	return map[string]handler{
		"type":   (*call).typeOf,
		"rename": func(x *call) { x.carry(x.args[2], *x.db) }, "renamenx": func(x *call) { x.carry(x.args[2], *x.db) },
		"move": (*call).move, "copy": (*call).copy,
		"object|encoding": (*call).encoding, "object|refcount": (*call).refcount,
		"object|idletime": (*call).idleTime, "object|freq": (*call).freq,
	}
}

func (x *call) typeOf() {
	t := x.data().typ(x.args[1])
	if t == "" {
		t = "none"
	}
	x.w.Simple(t)
}

// carry runs a command that takes a key elsewhere, and looks after its end.
func (x *call) carry(to string, db int) {
	x.native()
	x.s.database(db).rehint(to)
}

func (x *call) move() {
	to, ok := x.short(2)
	switch {
	case !ok:
	case to < 0 || to >= x.s.cfg.Databases:
		x.err(errDBRange)
	case to == *x.db:
		x.err("ERR source and destination objects are the same")
	default:
		x.carry(x.args[1], to)
		x.s.changed(dbKey{to, x.args[1]})
	}
}

func (x *call) copy() {
	src, dst, to, replace := x.args[1], x.args[2], *x.db, false
	for i := 3; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "replace":
			replace = true
		case option == "db" && i+1 < len(x.args):
			n, ok := x.short(i + 1)
			if !ok {
				return
			}
			if n < 0 || n >= x.s.cfg.Databases {
				x.err(errDBRange)
				return
			}
			to = n
			i++
		default:
			x.err(errSyntax)
			return
		}
	}
	from, target := x.data(), x.s.database(to)
	switch {
	case to == *x.db && src == dst:
		x.err("ERR source and destination objects are the same")
		return
	case !from.exists(src), target.exists(dst) && !replace:
		x.w.Int(0)
		return
	}
	if target.exists(dst) {
		target.remove(dst)
	}
	x.s.redis.Copy(from.id, src, to, dst)
	target.splitSlot(dst)
	fields, _ := from.keys.HKeys(src)
	for _, f := range fields {
		if at := from.fieldEnd(src, f); at != 0 {
			target.setFieldEnd(dst, f, at)
		}
	}
	target.rehint(dst)
	x.s.notify('g', "copy_to", dbKey{to, dst})
	x.s.changed(dbKey{to, dst})
	x.w.Int(1)
}

func (x *call) refcount() {
	if !x.data().exists(x.args[2]) {
		x.w.Null()
		return
	}
	x.w.Int(1)
}

func (x *call) idleTime() {
	if !x.data().exists(x.args[2]) {
		x.w.Null()
		return
	}
	x.data().run(x.w, "OBJECT", "IDLETIME", x.args[2])
}

func (x *call) freq() {
	if !x.data().exists(x.args[2]) {
		x.w.Null()
		return
	}
	x.err("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.")
}
