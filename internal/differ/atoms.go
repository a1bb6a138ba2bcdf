package differ

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// The keys of made-up requests, by the type they mostly hold.
var keys = map[string][]string{
	"string": {"s1", "s2", "s3"}, "list": {"l1", "l2"}, "set": {"t1", "t2", "t3"}, "hash": {"h1", "h2"},
	"zset": {"z1", "z2", "z3"}, "geo": {"g1", "g2"}, "stream": {"x1", "x2"}, "hll": {"p1", "p2"},
}

var (
	anyKey = func() []string {
		var all []string
		for _, k := range keys {
			all = append(all, k...)
		}
		slices.Sort(all)
		return append(all, "none", "d1")
	}()

	values = []string{"a", "b", "c", "abc", "10", "-5", "1.5", "", "hello world", "\x01\xff\r\n", "9223372036854775807", "inf", strings.Repeat("long", 20)}

	members = []string{"a", "b", "c", "d", "1", "2", "10", ""}

	small = []string{"0", "1", "2", "3", "5", "10", "-1", "-2", "-3"}

	// hostileInts are none, or at the edges; none makes a server allocate much.
	hostileInts = []string{"9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "4294967296", "1.5", "a", "", "01", "+1", " 1", "-0", "1e2", "0x1"}

	hostileFloats = []string{"inf", "-inf", "+inf", "Infinity", "nan", "1e400", "-1e400", "1e-400", "1e308", "1.7976931348623157e308", "0x10", "", " 1", "1_0", "a", "-0", "1e", ".", "+"}

	// hostile is what may stand in any place.
	hostile = slices.Concat(hostileInts, hostileFloats, []string{"a", "b", "0", "-1", "s1", "l1", "t1", "h1", "z1", "x1", "none", "WITHSCORES", "COUNT", "LIMIT", "STORE", "*", "$", ">", "-", "(", "["})
)

// atoms give the values of an atom to pick from.
var atoms = func() map[string]func(*rand.Rand) []string {
	all := map[string]func(*rand.Rand) []string{
		"any":     func(*rand.Rand) []string { return anyKey },
		"value":   func(*rand.Rand) []string { return values },
		"member":  func(*rand.Rand) []string { return members },
		"field":   func(*rand.Rand) []string { return []string{"f", "g", "n", "x", "a", ""} },
		"int":     mostly(small, hostileInts),
		"count":   mostly([]string{"1", "2", "3", "10", "0", "-1", "-2"}, hostileInts),
		"float":   mostly([]string{"0", "1", "2.5", "-1", "3e2", "0.1", "-0.5", "1000000000000000000000"}, hostileFloats),
		"bit":     mostly([]string{"0", "1"}, hostileInts),
		"offset":  mostly([]string{"0", "1", "7", "8", "9", "100", "#0", "#1", "#3"}, hostileInts),
		"bits":    mostly([]string{"u8", "i8", "u1", "i1", "u63", "i64", "i5", "u13", "i63"}, []string{"u64", "i65", "u0", "i0", "u", "x8", "8", "u8 ", "I8", "u-1", "u08", ""}),
		"sec":     mostly([]string{"100", "1000", "86400"}, []string{"0", "-1", "9223372036854775807", "9223372036854775", "-9223372036854775808", "9223372036854775808", "a", "", "1.5"}),
		"ms":      mostly([]string{"100000", "1000000"}, []string{"0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "a", "", "1.5"}),
		"at":      mostly([]string{"4102444800", "4200000000", "1"}, []string{"0", "-1", "9223372036854775807", "9223372036854775", "-9223372036854775808", "9223372036854775808", "a", ""}),
		"atms":    mostly([]string{"4102444800000", "4200000000000", "1"}, []string{"0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "a", ""}),
		"timeout": mostly([]string{"1", "0.01", "2"}, []string{"-1", "inf", "nan", "a", "", "1e400", "9223372036854775807", "1e18", "0x1", " 1"}),
		"msblock": mostly([]string{"1", "10"}, []string{"-1", "9223372036854775807", "9223372036854775808", "a", "", "1.5"}),
		"db":      mostly([]string{"0", "1", "2"}, []string{"16", "-1", "a", "", "9223372036854775807", "4294967296", "01"}),
		"pattern": func(*rand.Rand) []string {
			return []string{"*", "?1", "[a-s]*", "a*", "\\*", "[^s]1", "", "[", "s[1-2", "**", "h?"}
		},
		"scored": mostly([]string{"-inf", "+inf", "0", "1", "2", "(1", "(2.5", "-1"}, []string{"(", "nan", "a", "", "(inf", "((1", "[1", "1e400", "0x1", " 1"}),
		"lexed":  mostly([]string{"-", "+", "[a", "(a", "[c", "(b", "["}, []string{"a", "", "(", "--", "+a", "-a"}),
		"id":     mostly([]string{"1-1", "2-1", "2-2", "3", "5-0", "10-10", "0-1"}, []string{"0-0", "0", "18446744073709551615-18446744073709551615", "18446744073709551616-1", "1-", "-1", "a", "", "1-1-1", "1-a", "01-1", "1-*", "18446744073709551615-*", "-"}),
		"end":    mostly([]string{"-", "+", "1-1", "2", "(1-1", "(2", "3-0"}, []string{"(-", "(+", "(18446744073709551615-18446744073709551615", "(0-0", "(", "a", "", "1-a"}),
		"group":  mostly([]string{"g", "g", "g2"}, []string{"", "nogroup"}),
		"person": func(*rand.Rand) []string { return []string{"alice", "bob", ""} },
		"lon":    mostly([]string{"13.361389", "15.087269", "2.349014", "0"}, []string{"180", "-180", "180.1", "nan", "inf", "a", "", "1e400"}),
		"lat":    mostly([]string{"38.115556", "37.502669", "48.864716", "0"}, []string{"85.05112878", "-85.05112878", "85.1", "nan", "inf", "a", ""}),
		"town":   func(*rand.Rand) []string { return []string{"Palermo", "Catania", "Paris", "none", ""} },
		"unit":   mostly([]string{"m", "km", "KM", "ft", "mi"}, []string{"", "M", "yd", "kmm"}),
		"radius": mostly([]string{"200", "1000", "0", "5000.5"}, []string{"-1", "nan", "inf", "a", "", "1e400", "1e20"}),
		"number": mostly([]string{"1", "2", "3"}, hostileInts),
		"by": func(*rand.Rand) []string {
			return []string{"w_*", "h*->f", "nosort", "*", "#", "", "s*", "h1->*", "*->", "->"}
		},
		"script": func(*rand.Rand) []string {
			return []string{"return KEYS", "return ARGV", "return #KEYS", "return redis.call('get', KEYS[1])", "return {1,'a',false,1.5}", "return redis.error_reply('X y')"}
		},
		"kind": func(*rand.Rand) []string { return []string{"nosuch", ""} },
		"type": func(*rand.Rand) []string {
			return []string{"string", "list", "set", "zset", "hash", "stream", "nosuch", "LIST"}
		},
		"sha": func(*rand.Rand) []string {
			return []string{"nosuch", strings.Repeat("a", 40), strings.Repeat("F", 40), ""}
		},
		"user": func(*rand.Rand) []string { return []string{"default", "nosuch", ""} },
		"setting": func(*rand.Rand) []string {
			return []string{"hz", "nosuch*", "nosuch", "maxclients", "", "list-max-listpack-size"}
		},
	}
	for name, own := range keys {
		all[name] = mostly(own, anyKey)
	}
	return all
}()

// mostly gives the second list at times.
func mostly(usual, odd []string) func(*rand.Rand) []string {
	return func(r *rand.Rand) []string {
		if r.IntN(8) == 0 {
			return odd
		}
		return usual
	}
}
