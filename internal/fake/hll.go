package fake

import "github.com/redkit-dev/redkit/internal/resp"

// hllCommands are miniredis' own behind a check of the keys.
func hllCommands() map[string]handler {
	return map[string]handler{"pfadd": (*call).pfadd, "pfcount": (*call).pfcount, "pfmerge": (*call).hll}
}

const errNoHLL = "WRONGTYPE Key is not a valid HyperLogLog string value."

// hll runs a command whose keys hold HyperLogLogs. miniredis has one error
// for all that are none; Redis tells strings from other types.
func (x *call) hll() {
	for _, key := range x.cmd.keyNames(x.args) {
		switch x.data().keys.Type(key) {
		case "", "hll":
		case "string":
			x.err(errNoHLL)
			return
		default:
			x.err(errWrongType)
			return
		}
	}
	x.native()
}

// pfcount counts what several keys hold together once, which miniredis does
// for each.
func (x *call) pfcount() {
	if len(x.args) == 2 {
		x.hll()
		return
	}
	const union = "\x00union of PFCOUNT"
	var w resp.Writer
	outer := x.w
	x.w = &w
	x.hll()
	x.w = outer
	if w.Bytes()[0] == '-' {
		x.w.Write(w.Bytes())
		return
	}
	db := x.data()
	db.run(nil, append([]string{"PFMERGE", union}, x.args[1:]...)...)
	db.run(x.w, "PFCOUNT", union)
	db.remove(union)
}

// pfadd makes an empty HyperLogLog where there is nothing to add to one, and
// tells by the count whether it has changed: miniredis forgets what it knows
// as soon as it counts.
func (x *call) pfadd() {
	db, key := x.data(), x.args[1]
	switch {
	case len(x.args) > 2 && db.keys.Type(key) == "hll":
		before := db.ask("PFCOUNT", key).Int64()
		start := x.w.Len()
		x.hll()
		x.w.Truncate(start)
		x.w.Int(min(1, max(0, db.ask("PFCOUNT", key).Int64()-before)))
	case len(x.args) > 2:
		x.hll()
	case !db.exists(key):
		db.run(nil, "PFMERGE", key, key)
		x.s.notify('$', "pfadd", dbKey{*x.db, key})
		x.w.Int(1)
	case db.keys.Type(key) == "hll":
		x.w.Int(0)
	case db.typ(key) == "string":
		x.err(errNoHLL)
	default:
		x.err(errWrongType)
	}
}
