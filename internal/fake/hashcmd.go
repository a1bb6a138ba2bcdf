package fake

import (
	"slices"
	"strings"
)

func hashCommands() map[string]handler {
	expire := func(unit int64, absolute bool) handler { return func(x *call) { x.hexpire(unit, absolute) } }
	ttl := func(unit int64, absolute bool) handler { return func(x *call) { x.httl(unit, absolute) } }
	return map[string]handler{
		"hexpire": expire(1000, false), "hpexpire": expire(1, false), "hexpireat": expire(1000, true), "hpexpireat": expire(1, true),
		"httl": ttl(1000, false), "hpttl": ttl(1, false), "hexpiretime": ttl(1000, true), "hpexpiretime": ttl(1, true),
		"hpersist": (*call).hpersist, "hgetdel": (*call).hgetdel, "hgetex": (*call).hgetex, "hsetex": (*call).hsetex,
		"hrandfield": (*call).hrandfield, "hset": (*call).hset, "hmset": (*call).hset, "hdel": (*call).hdel,
	}
}

// hset takes the end of the fields it sets away, as Redis does.
func (x *call) hset() {
	if len(x.args)%2 != 0 {
		x.err(errArity(x.cmd))
		return
	}
	for pair := range slices.Chunk(x.args[2:], 2) {
		x.data().keys.HPersist(x.args[1], pair[0])
	}
	x.native()
}

func (x *call) hdel() {
	for _, f := range x.args[2:] {
		x.data().keys.HPersist(x.args[1], f)
	}
	x.native()
}

// hasField reports whether a hash has a field.
func (db *database) hasField(key, field string) bool {
	return db.ask("HEXISTS", key, field).Str == "1"
}

// readFields reads FIELDS n field... at args[i], each of width words.
func (x *call) readFields(i, width int) (fields []string, ok bool) {
	if i >= len(x.args) || !strings.EqualFold(x.args[i], "fields") {
		x.err("ERR Mandatory argument FIELDS is missing or not at the right position")
		return nil, false
	}
	if i+1 >= len(x.args) {
		x.err(errArity(x.cmd))
		return nil, false
	}
	n, err := atoi(x.args[i+1])
	switch {
	case err != nil || n < 1:
		x.err(x.badNumFields())
	case n*width != len(x.args)-i-2:
		x.err("ERR The `numfields` parameter must match the number of arguments")
	default:
		return x.args[i+2:], true
	}
	return nil, false
}

func (x *call) badNumFields() string {
	if x.cmd.write && strings.Contains(x.cmd.name, "expire") {
		return "ERR Parameter `numFields` should be greater than 0"
	}
	return "ERR Number of fields must be a positive integer"
}

// hash reports whether a key holds a hash; ok is false, and the error
// written, if it holds something else.
func (x *call) hash(key string) (exists, ok bool) {
	switch x.data().typ(key) {
	case "hash":
		return true, true
	case "":
		return false, true
	default:
		x.err(errWrongType)
		return false, false
	}
}

func (x *call) hgetdel() {
	exists, ok := x.hash(x.args[1])
	if !ok {
		return
	}
	fields, ok := x.readFields(2, 1)
	if !ok {
		return
	}
	x.w.Array(len(fields))
	for _, f := range fields { // one by one: a field named again is gone
		if !x.data().hasField(x.args[1], f) {
			x.w.Null()
			continue
		}
		x.w.Bulk(x.data().keys.HGet(x.args[1], f))
		x.data().removeField(x.args[1], f)
	}
	if exists {
		x.s.notify('h', "hdel", dbKey{*x.db, x.args[1]})
		if !x.data().exists(x.args[1]) {
			x.s.notify('g', "del", dbKey{*x.db, x.args[1]})
		}
	}
}

// hrandfield answers with fields by chance.
func (x *call) hrandfield() {
	n, values, ok := x.readRandom("withvalues")
	if !ok {
		return
	}
	if _, ok := x.hash(x.args[1]); !ok {
		return
	}
	all, _ := x.data().keys.HKeys(x.args[1])
	if len(x.args) == 2 {
		if len(all) == 0 {
			x.w.Null()
			return
		}
		x.w.Bulk(draw(all, -1)[0])
		return
	}
	fields := draw(all, n)
	width := 1
	if values && !x.w.RESP3 {
		width = 2
	}
	x.w.Array(width * len(fields))
	for _, f := range fields {
		if values && x.w.RESP3 {
			x.w.Array(2)
		}
		x.w.Bulk(f)
		if values {
			x.w.Bulk(x.data().keys.HGet(x.args[1], f))
		}
	}
}
