package fake

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

func dumpCommands() map[string]handler {
	return map[string]handler{"dump": (*call).dump, "restore": (*call).restore}
}

// dump is DUMP, in the plain types of RDB, which every Redis restores.
func (x *call) dump() {
	db, key := x.data(), x.args[1]
	var b []byte
	switch db.typ(key) {
	case "":
		x.w.Null()
		return
	case "string":
		v, ok := db.get(key)
		if !ok {
			x.errUnable("DUMP of a HyperLogLog")
			return
		}
		b = rdbText([]byte{rdbString}, v)
	case "list":
		l, _ := db.list(key)
		b = rdbTexts(rdbList, l.len(), slices.Collect(l.all()))
	case "set":
		members, _ := db.keys.Members(key)
		b = rdbTexts(rdbSet, len(members), members)
	case "hash":
		fields, _ := db.keys.HKeys(key)
		var pairs []string
		for _, f := range fields {
			pairs = append(pairs, f, db.keys.HGet(key, f))
		}
		b = rdbTexts(rdbHash, len(fields), pairs)
	case "zset":
		all := db.zrange(key)
		b = rdbLength([]byte{rdbZset}, len(all))
		for _, e := range all {
			b = binary.LittleEndian.AppendUint64(rdbText(b, e.member), math.Float64bits(e.score))
		}
	default:
		x.errUnable("DUMP of a stream")
		return
	}
	x.w.Bulk(string(rdbSeal(b)))
}

func rdbTexts(kind byte, n int, texts []string) []byte {
	b := rdbLength([]byte{kind}, n)
	for _, t := range texts {
		b = rdbText(b, t)
	}
	return b
}

func (x *call) restore() {
	var replace, absolute, idle, freq bool
	for i := 4; i < len(x.args); i++ {
		switch option := strings.ToLower(x.args[i]); {
		case option == "replace":
			replace = true
		case option == "absttl":
			absolute = true
		case option == "idletime" && !freq && i+1 < len(x.args):
			n, ok := x.integer(i + 1)
			if !ok {
				return
			}
			if n < 0 {
				x.err("ERR Invalid IDLETIME value, must be >= 0")
				return
			}
			idle = true
			i++
		case option == "freq" && !idle && i+1 < len(x.args):
			n, ok := x.integer(i + 1)
			if !ok {
				return
			}
			if n < 0 || n > 255 {
				x.err("ERR Invalid FREQ value, must be >= 0 and <= 255")
				return
			}
			freq = true
			i++
		default:
			x.err(errSyntax)
			return
		}
	}
	db, key := x.data(), x.args[1]
	if db.exists(key) && !replace {
		x.err("BUSYKEY Target key name already exists.")
		return
	}
	ttl, err := parseInt(x.args[2])
	if err != nil {
		x.err(errNotInteger)
		return
	}
	if ttl < 0 {
		x.err("ERR Invalid TTL value, must be >= 0")
		return
	}
	payload, ok := rdbOpen(x.args[3])
	if !ok || len(payload) == 0 {
		x.err("ERR DUMP payload version or checksum are wrong")
		return
	}
	if ttl > 0 && !absolute {
		ttl += x.s.expiry.now
	}
	x.load(key, payload, ttl)
}

// load puts a value read from a payload in the place of what is there.
func (x *call) load(key string, payload []byte, at int64) {
	db, r := x.data(), &rdbReader{b: payload[1:]}
	put, err := db.reader(key, payload[0], r)
	if err == nil {
		err = r.err
	}
	switch {
	case errors.Is(err, errRDBKind):
		x.errUnable("RESTORE of a value encoded like this (type " + itoa(int(payload[0])) + ")")
		return
	case err != nil || len(r.b) > 0:
		x.err("ERR Bad data format")
		return
	}
	db.remove(key)
	if at == 0 || !x.over(at) {
		put()
		if at != 0 {
			db.setEnd(key, at)
		}
		x.s.notify('g', "restore", dbKey{db.id, key})
		x.s.changed(dbKey{db.id, key})
	}
	x.w.OK()
}

// reader reads a value of a kind and returns what stores it.
func (db *database) reader(key string, kind byte, r *rdbReader) (put func(), err error) {
	var texts []string
	switch kind {
	case rdbString:
		v := r.text()
		return func() { db.set(key, v) }, nil
	case rdbList:
		texts = r.texts(1)
	case rdbListQuicklist:
		for n, _ := r.length(); n > 0 && r.err == nil; n-- {
			if container, _ := r.length(); container == 1 {
				texts = append(texts, r.text())
			} else {
				texts = append(texts, r.listpack()...)
			}
		}
	case rdbSet:
		texts = r.texts(1)
	case rdbIntset:
		texts = r.intset()
	case rdbHash:
		texts = r.texts(2)
	case rdbSetListpack, rdbHashListpack, rdbZsetListpack:
		texts = r.listpack()
	case rdbZset:
		for n, _ := r.length(); n > 0 && r.err == nil; n-- {
			member := r.text()
			score := math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
			texts = append(texts, member, strconv.FormatFloat(score, 'g', -1, 64))
		}
	default:
		return nil, errRDBKind
	}
	if len(texts) == 0 {
		return nil, errRDB
	}
	return db.storer(key, kind, texts)
}

// storer returns what stores the elements of a kind of value.
func (db *database) storer(key string, kind byte, texts []string) (func(), error) {
	pairs := kind == rdbHash || kind == rdbHashListpack || kind == rdbZset || kind == rdbZsetListpack
	if pairs && len(texts)%2 != 0 {
		return nil, errRDB
	}
	switch kind {
	case rdbList, rdbListQuicklist:
		return func() {
			l := db.makeList(key)
			for _, v := range texts {
				l.push(false, v)
			}
		}, nil
	case rdbHash, rdbHashListpack:
		return func() { db.keys.HSet(key, texts...) }, nil
	case rdbZset, rdbZsetListpack:
		var entries []entry
		for pair := range slices.Chunk(texts, 2) {
			score, ok := float(pair[1])
			if !ok {
				return nil, errRDB
			}
			entries = append(entries, entry{pair[0], score})
		}
		return func() {
			z := db.makeZset(key)
			for _, e := range entries {
				z.set(e.member, e.score)
			}
		}, nil
	default:
		return func() { db.keys.SetAdd(key, texts...) }, nil
	}
}
