package fake

import (
	"math"
	"slices"
	"strings"
)

func ttlCommands() map[string]handler {
	expire := func(unit int64, absolute bool) handler { return func(x *call) { x.expire(unit, absolute) } }
	ttl := func(unit int64, absolute bool) handler { return func(x *call) { x.ttl(unit, absolute) } }
	setex := func(unit int64) handler { return func(x *call) { x.setex(unit) } }
	return map[string]handler{
		"expire": expire(1000, false), "pexpire": expire(1, false), "expireat": expire(1000, true), "pexpireat": expire(1, true),
		"ttl": ttl(1000, false), "pttl": ttl(1, false), "expiretime": ttl(1000, true), "pexpiretime": ttl(1, true),
		"persist": (*call).persist, "get": (*call).get, "exists": (*call).exists,
		"set": (*call).set, "setex": setex(1000), "psetex": setex(1), "getex": (*call).getex,
	}
}

// end reads a time to live, or a time if absolute, in units of milliseconds,
// as the Unix time in milliseconds at which it is over. why is an error.
func (x *call) end(text string, unit int64, absolute, positive bool) (at int64, why string) {
	n, err := parseInt(text)
	if err != nil {
		return 0, errNotInteger
	}
	invalid := "ERR invalid expire time in '" + x.cmd.name + "' command"
	if positive && n <= 0 || n > math.MaxInt64/unit || n < math.MinInt64/unit {
		return 0, invalid
	}
	n *= unit
	if absolute {
		return n, ""
	}
	if n > math.MaxInt64-x.s.expiry.now {
		return 0, invalid
	}
	return n + x.s.expiry.now, ""
}

// over reports whether a time has come.
func (x *call) over(at int64) bool { return at <= x.s.expiry.now }

func (x *call) expire(unit int64, absolute bool) {
	key := x.args[1]
	var nx, xx, gt, lt bool
	for _, option := range x.args[3:] {
		switch strings.ToLower(option) {
		case "nx":
			nx = true
		case "xx":
			xx = true
		case "gt":
			gt = true
		case "lt":
			lt = true
		default:
			x.err("ERR Unsupported option " + option)
			return
		}
	}
	switch {
	case nx && (xx || gt || lt):
		x.err("ERR NX and XX, GT or LT options at the same time are not compatible")
		return
	case gt && lt:
		x.err("ERR GT and LT options at the same time are not compatible")
		return
	}
	at, why := x.end(x.args[2], unit, absolute, false)
	if why != "" {
		x.err(why)
		return
	}
	db := x.data()
	old := db.end(key)
	refused := nx && old != 0 || xx && old == 0 || gt && (old == 0 || at <= old) || lt && old != 0 && at >= old
	if !db.exists(key) || refused {
		x.w.Int(0)
		return
	}
	x.w.Int(1)
	if x.over(at) {
		db.remove(key)
		x.s.notify('g', "del", dbKey{db.id, key})
		return
	}
	db.setEnd(key, at)
	x.s.notify('g', "expire", dbKey{db.id, key})
}

func (x *call) ttl(unit int64, absolute bool) {
	db, key := x.data(), x.args[1]
	at := db.end(key)
	switch {
	case !db.exists(key):
		x.w.Int(-2)
	case at == 0:
		x.w.Int(-1)
	case absolute:
		x.w.Int((at + unit/2) / unit)
	default:
		x.w.Int((max(at-x.s.expiry.now, 0) + unit/2) / unit)
	}
}

func (x *call) persist() {
	if !x.data().persist(x.args[1]) {
		x.w.Int(0)
		return
	}
	x.s.notify('g', "persist", dbKey{*x.db, x.args[1]})
	x.w.Int(1)
}

// expiryOption reads EX, PX, EXAT or PXAT at args[i].
func (x *call) expiryOption(i int) (at int64, why string) {
	option := strings.ToLower(x.args[i])
	if i+1 >= len(x.args) {
		return 0, errSyntax
	}
	unit := int64(1000)
	if option[0] == 'p' {
		unit = 1
	}
	return x.end(x.args[i+1], unit, strings.HasSuffix(option, "at"), true)
}

var expiryWords = []string{"ex", "px", "exat", "pxat"}

func (x *call) get() {
	v, ok := x.data().get(x.args[1])
	switch {
	case ok:
		x.w.Bulk(v)
	case x.data().exists(x.args[1]):
		x.err(errWrongType)
	default:
		x.w.Null()
	}
}

func (x *call) exists() {
	n := 0
	for _, key := range x.args[1:] {
		if x.data().exists(key) {
			n++
		}
	}
	x.w.Int(int64(n))
}

// endsAgain reports whether args[i] is EX or the like with a time, and the
// same word as at ends, if there was one: the last counts.
func (x *call) endsAgain(i, ends int) bool {
	return slices.Contains(expiryWords, strings.ToLower(x.args[i])) && i+1 < len(x.args) && (ends == 0 || strings.EqualFold(x.args[ends], x.args[i]))
}

func (x *call) set() {
	var (
		nx, xx, get, keep bool
		ends              int // the place of EX and the like
	)
	for i := 3; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "nx" && !xx:
			nx = true
		case option == "xx" && !nx:
			xx = true
		case option == "get":
			get = true
		case option == "keepttl" && ends == 0:
			keep = true
		case x.endsAgain(i, ends) && !keep:
			ends = i
			i++
		default:
			x.err(errSyntax)
			return
		}
	}
	var at int64
	if ends > 0 {
		var why string
		if at, why = x.expiryOption(ends); why != "" {
			x.err(why)
			return
		}
	}
	x.store(nx, xx, get, keep, at)
}

// store is SET once its options are read.
func (x *call) store(nx, xx, get, keep bool, at int64) {
	db, key := x.data(), x.args[1]
	exists := db.exists(key)
	old, isString := db.get(key)
	if get && exists && !isString {
		x.err(errWrongType)
		return
	}
	if nx && exists || xx && !exists {
		x.oldOrNull(get && exists, old)
		return
	}
	switch {
	case keep:
		at = db.end(key)
		db.set(key, x.args[2])
		if at != 0 {
			db.setEnd(key, at)
		}
	case at != 0 && x.over(at):
		db.remove(key)
	default:
		db.set(key, x.args[2])
		if at != 0 {
			db.setEnd(key, at)
		}
	}
	x.s.notify('$', "set", dbKey{db.id, key})
	if at != 0 && !keep {
		x.s.notify('g', "expire", dbKey{db.id, key})
	}
	if get {
		x.oldOrNull(exists, old)
		return
	}
	x.w.OK()
}

func (x *call) oldOrNull(exists bool, old string) {
	if !exists {
		x.w.Null()
		return
	}
	x.w.Bulk(old)
}

func (x *call) setex(unit int64) {
	at, why := x.end(x.args[2], unit, false, true)
	if why != "" {
		x.err(why)
		return
	}
	x.args = []string{x.args[0], x.args[1], x.args[3]}
	x.store(false, false, false, false, at)
}

func (x *call) getex() {
	db, key := x.data(), x.args[1]
	var (
		at      int64
		persist bool
		why     string
	)
	ends := 0
	for i := 2; i < len(x.args) && why == ""; i++ {
		switch {
		case strings.EqualFold(x.args[i], "persist") && ends == 0:
			persist = true
		case x.endsAgain(i, ends) && !persist:
			ends = i
			i++
		default:
			why = errSyntax
		}
	}
	if ends > 0 && why == "" {
		at, why = x.expiryOption(ends)
	}
	value, ok := db.get(key)
	switch {
	case why == errSyntax:
		x.err(why)
		return
	case !ok && db.exists(key):
		x.err(errWrongType)
		return
	case !ok:
		x.w.Null()
		return
	case why != "":
		x.err(why)
		return
	}
	x.w.Bulk(value)
	k := dbKey{db.id, key}
	switch {
	case persist:
		if db.persist(key) {
			x.s.notify('g', "persist", k)
		}
	case at != 0 && x.over(at):
		db.remove(key)
		x.s.notify('g', "del", k)
	case at != 0:
		db.setEnd(key, at)
		x.s.notify('g', "expire", k)
	}
}
