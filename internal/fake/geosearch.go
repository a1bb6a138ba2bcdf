package fake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// geoQuery is what GEOSEARCH and GEORADIUS look for.
type geoQuery struct {
	from                  point
	hasFrom, hasPoint     bool // where from; not a member
	hasShape, box         bool
	radius, width, height float64 // metres; a radius or a box
	per                   float64 // metres of the unit of replies
	dist, coord, hash     bool
	count                 int
	any                   bool
	order                 string // asc, desc
	store                 string
	storeTo, storeDist    bool
}

// found is one result.
type found struct {
	entry
	at   point
	dist float64
}

func (x *call) georadius(member, store bool) {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	q := geoQuery{hasFrom: true, hasShape: true}
	i := 4
	if member {
		if i = 3; !x.fromMember(&q, z, x.args[2]) {
			return
		}
	} else {
		var why string
		if q.from, why = readPoint(x.args[2], x.args[3]); why != "" {
			x.err(why)
			return
		}
	}
	if !member || z != nil { // without a key Redis goes on to the options
		if q.radius, q.per, ok = x.readDistance(x.args[i], x.args[i+1], "radius"); !ok {
			return
		}
	}
	x.geoRun(z, q, x.args[i+2:], store, false)
}

// fromMember lets a query begin at a member, which has to be there if there
// is a key.
func (x *call) fromMember(q *geoQuery, z *zset, member string) bool {
	q.hasFrom = true
	if z == nil {
		return true
	}
	var ok bool
	if q.from, ok = z.place(member); !ok {
		x.err("ERR could not decode requested zset member")
	}
	return ok
}

func (x *call) readDistance(number, unit, what string) (m, per float64, ok bool) {
	f, isFloat := float(number)
	per, isUnit := metres(unit)
	switch {
	case !isFloat:
		x.err("ERR need numeric " + what)
	case f < 0:
		x.err("ERR " + what + " cannot be negative")
	case !isUnit:
		x.err("ERR unsupported unit provided. please use M, KM, FT, MI")
	default:
		return f * per, per, true
	}
	return 0, 0, false
}

func (x *call) geosearch(dst, src string, options []string) {
	if z, ok := x.zset(src); ok {
		x.geoRun(z, geoQuery{store: dst, storeTo: dst != ""}, options, false, true)
	}
}

// geoRun reads the options, which the two families of commands share but for
// a few, and answers.
func (x *call) geoRun(z *zset, q geoQuery, options []string, mayStore, search bool) {
	for len(options) > 0 {
		n, ok := x.geoOption(&q, z, options, mayStore, search)
		if !ok {
			return
		}
		options = options[n:]
	}
	stored := "STORE option in GEORADIUS"
	if search {
		stored = "GEOSEARCHSTORE"
	}
	switch {
	case q.storeTo && (q.dist || q.coord || q.hash):
		x.err("ERR " + stored + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
		return
	case search && !q.hasFrom:
		x.err("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + x.args[0])
		return
	case search && !q.hasShape:
		x.err("ERR exactly one of BYRADIUS and BYBOX can be specified for " + x.args[0])
		return
	case q.any && q.count == 0:
		x.err("ERR the ANY argument requires COUNT argument")
		return
	}
	x.geoAnswer(z, q)
}

// geoOption reads one option and returns how many words it took.
func (x *call) geoOption(q *geoQuery, z *zset, o []string, mayStore, search bool) (n int, ok bool) {
	switch option := strings.ToLower(o[0]); {
	case option == "withdist":
		q.dist = true
	case option == "withcoord":
		q.coord = true
	case option == "withhash":
		q.hash = true
	case option == "any":
		q.any = true
	case option == "asc" || option == "desc":
		q.order = option
	case option == "storedist" && search && q.storeTo:
		q.storeDist = true
	case (option == "store" || option == "storedist") && mayStore && len(o) > 1:
		q.store, q.storeTo, q.storeDist = o[1], true, option == "storedist"
		return 2, true
	case option == "count" && len(o) > 1:
		c, err := atoi(o[1])
		if err != nil {
			x.err(errNotInteger)
			return 0, false
		}
		if q.count = c; c <= 0 {
			x.err("ERR COUNT must be > 0")
			return 0, false
		}
		return 2, true
	case option == "frommember" && search && !q.hasPoint && len(o) > 1:
		return 2, x.fromMember(q, z, o[1])
	case option == "fromlonlat" && search && (!q.hasFrom || q.hasPoint) && len(o) > 2:
		var why string
		if q.from, why = readPoint(o[1], o[2]); why != "" {
			x.err(why)
			return 0, false
		}
		q.hasFrom, q.hasPoint = true, true
		return 3, true
	case option == "byradius" && search && !q.box && len(o) > 2:
		q.radius, q.per, ok = x.readDistance(o[1], o[2], "radius")
		q.hasShape = true
		return 3, ok
	case option == "bybox" && search && (!q.hasShape || q.box) && len(o) > 3:
		q.hasShape, q.box = true, true
		return 4, x.readBox(q, o[1], o[2], o[3])
	default:
		x.err(errSyntax)
		return 0, false
	}
	return 1, true
}

func (x *call) readBox(q *geoQuery, width, height, unit string) bool {
	w, okWidth := float(width)
	h, okHeight := float(height)
	per, okUnit := metres(unit)
	switch {
	case !okWidth:
		x.err("ERR need numeric width")
	case !okHeight:
		x.err("ERR need numeric height")
	case w < 0 || h < 0:
		x.err("ERR height or width cannot be negative")
	case !okUnit:
		x.err("ERR unsupported unit provided. please use M, KM, FT, MI")
	default:
		q.width, q.height, q.per = w*per, h*per, per
		return true
	}
	return false
}

// matches are the members in the shape, in the order asked for.
func (q geoQuery) matches(z *zset) []found {
	var all []found
	for e := range z.span(0, z.len()) {
		at := geoDecode(uint64(e.score))
		d := distance(q.from, at)
		if q.box {
			if earth*abs(at.lat-q.from.lat)*piOver180 > q.height/2 || distance(at, point{q.from.lon, at.lat}) > q.width/2 {
				continue
			}
		} else if d > q.radius {
			continue
		}
		all = append(all, found{e, at, d})
	}
	if q.order == "" && q.count > 0 && !q.any {
		q.order = "asc"
	}
	if q.order != "" {
		slices.SortStableFunc(all, func(a, b found) int {
			if q.order == "desc" {
				a, b = b, a
			}
			return cmp.Compare(a.dist, b.dist)
		})
	}
	if q.count > 0 {
		all = all[:min(q.count, len(all))]
	}
	return all
}

const piOver180 = 3.141592653589793 / 180

func abs(f float64) float64 { return max(f, -f) }

func (x *call) geoAnswer(z *zset, q geoQuery) {
	var all []found
	if z != nil {
		all = q.matches(z)
	}
	if q.storeTo {
		entries := make([]entry, len(all))
		for i, f := range all {
			entries[i] = f.entry
			if q.storeDist {
				entries[i].score = f.dist / q.per
			}
		}
		x.storeEntries(q.store, entries, strings.ToLower(x.args[0]))
		return
	}
	x.w.Array(len(all))
	for _, f := range all {
		x.writeFound(q, f)
	}
}

func (x *call) writeFound(q geoQuery, f found) {
	n := 1
	for _, with := range []bool{q.dist, q.coord, q.hash} {
		if with {
			n++
		}
	}
	if n > 1 {
		x.w.Array(n)
	}
	x.w.Bulk(f.member)
	if q.dist {
		x.w.Bulk(strconv.FormatFloat(f.dist/q.per, 'f', 4, 64))
	}
	if q.hash {
		x.w.Int(int64(f.score))
	}
	if q.coord {
		x.writePoint(f.at)
	}
}
