package fake

import (
	"slices"
	"strconv"
	"strings"
)

func geoCommands() map[string]handler {
	radius := func(member, store bool) handler { return func(x *call) { x.georadius(member, store) } }
	return map[string]handler{
		"geoadd": (*call).geoadd, "geodist": (*call).geodist, "geopos": (*call).geopos, "geohash": (*call).geohash,
		"geosearch":      func(x *call) { x.geosearch("", x.args[1], x.args[2:]) },
		"geosearchstore": func(x *call) { x.geosearch(x.args[1], x.args[2], x.args[3:]) },
		"georadius":      radius(false, true), "georadius_ro": radius(false, false),
		"georadiusbymember": radius(true, true), "georadiusbymember_ro": radius(true, false),
	}
}

func (x *call) geoadd() {
	var f zaddFlags
	i := 2
	for ; i < len(x.args); i++ {
		flag := map[string]*bool{"nx": &f.nx, "xx": &f.xx, "ch": &f.ch}[strings.ToLower(x.args[i])]
		if flag == nil {
			break
		}
		*flag = true
	}
	triples := x.args[i:]
	if len(triples) == 0 || len(triples)%3 != 0 || f.nx && f.xx {
		x.err(errSyntax)
		return
	}
	var entries []entry
	for t := range slices.Chunk(triples, 3) {
		p, why := readPoint(t[0], t[1])
		if why != "" {
			x.err(why)
			return
		}
		entries = append(entries, entry{t[2], float64(geoEncode(p, geoLatMax))})
	}
	x.addScores(f, entries)
}

// place is where a member is.
func (z *zset) place(member string) (p point, ok bool) {
	if z == nil {
		return p, false
	}
	score, ok := z.scores[member]
	return geoDecode(uint64(score)), ok
}

func (x *call) geodist() {
	unit := "m"
	if len(x.args) == 5 {
		unit = x.args[4]
	} else if len(x.args) > 5 {
		x.err(errSyntax)
		return
	}
	per, ok := metres(unit)
	if !ok {
		x.err("ERR unsupported unit provided. please use M, KM, FT, MI")
		return
	}
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	a, okA := z.place(x.args[2])
	b, okB := z.place(x.args[3])
	if !okA || !okB {
		x.w.Null()
		return
	}
	x.w.Bulk(strconv.FormatFloat(distance(a, b)/per, 'f', 4, 64))
}

func (x *call) geopos() {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	x.w.Array(len(x.args) - 2)
	for _, m := range x.args[2:] {
		if p, ok := z.place(m); ok {
			x.writePoint(p)
		} else {
			x.w.NullArray()
		}
	}
}

// writePoint writes longitude and latitude.
func (x *call) writePoint(p point) {
	x.w.Array(2)
	x.w.Double(p.lon)
	x.w.Double(p.lat)
}

func (x *call) geohash() {
	z, ok := x.zset(x.args[1])
	if !ok {
		return
	}
	x.w.Array(len(x.args) - 2)
	for _, m := range x.args[2:] {
		if p, ok := z.place(m); ok {
			x.w.Bulk(geoText(p))
		} else {
			x.w.Null()
		}
	}
}
