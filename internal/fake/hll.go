package fake

// hllCommands are miniredis' own behind a check of the keys.
func hllCommands() map[string]handler {
	return map[string]handler{"pfadd": (*call).pfadd, "pfcount": (*call).hll, "pfmerge": (*call).hll}
}

// hll runs a command whose keys hold HyperLogLogs. miniredis has one error
// for all that are none; Redis tells strings from other types.
func (x *call) hll() {
	for _, key := range x.cmd.keyNames(x.args) {
		if t := x.data().typ(key); t != "" && t != "string" {
			x.err(errWrongType)
			return
		}
	}
	x.native()
}

// pfadd makes an empty HyperLogLog where there is nothing to add to one.
func (x *call) pfadd() {
	db, key := x.data(), x.args[1]
	switch {
	case len(x.args) > 2:
		x.hll()
	case !db.exists(key):
		db.run(nil, "PFMERGE", key, key)
		x.s.notify('$', "pfadd", dbKey{*x.db, key})
		x.w.Int(1)
	case db.keys.Type(key) == "hll":
		x.w.Int(0)
	case db.typ(key) == "string":
		x.err("WRONGTYPE Key is not a valid HyperLogLog string value.")
	default:
		x.err(errWrongType)
	}
}
