package malformed

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
)

// Draw makes a message out of one that Celery would send, by a few changes to
// its structure, to its bytes, or to both. Equal states of rng draw equal
// messages.
func Draw(rng *rand.Rand) []byte { return draw(rng, bases(), hostile) }

// Command is Draw of a request to remote control. None draws one that would
// rightly end a worker, take its queue from it or revoke what Draw sends.
func Command(rng *rand.Rand) []byte {
	return draw(rng, requests(), slices.DeleteFunc(slices.Clone(hostile), func(text string) bool { return text == id }))
}

func draw(rng *rand.Rand, from []*node, leaves []string) []byte {
	n := from[rng.IntN(len(from))]
	deep := rng.IntN(8) > 0 // or only bytes are changed
	if deep {
		for range 1 + rng.IntN(3) {
			change(n, leaves, rng)
		}
	}
	var b bytes.Buffer
	n.write(&b)
	raw := b.Bytes()
	if !deep || rng.IntN(4) == 0 {
		for range 1 + rng.IntN(3) {
			raw = garble(raw, rng)
		}
	}
	return raw
}

// message is one as producers write it. They put the body first, and the
// worker's script is fastest with the properties last.
func message(body, headers, properties string, pack kind) *node {
	n := parse(`{"content-encoding": "utf-8", "content-type": "application/json", "headers": ` + headers + `, "properties": ` + properties + `}`)
	n.keys, n.items = append([]string{`"body"`}, n.keys...), append([]*node{{kind: pack, items: []*node{parse(body)}}}, n.items...)
	return n
}

// id is that of the tasks in what is drawn, as it is written.
const id = `"i"`

// bases are messages that run, of each kind that a worker reads differently.
func bases() []*node {
	const properties = `{"correlation_id": "i", "reply_to": "r", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "t"}`
	const full = `{"lang": "py", "task": "echo", "id": "i", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0,
		"timelimit": [null, null], "root_id": "i", "parent_id": null, "argsrepr": "(1,)", "kwargsrepr": "{}", "origin": "gen1@host", "ignore_result": false,
		"stamped_headers": ["s"], "stamps": {"s": "1"}, "replaced_task_nesting": 0`
	const sig = `{"task": "echo", "args": [2], "kwargs": {"k": 1}, "options": {"task_id": "j", "queue": "celery", "countdown": 0.01, "link": [], "headers": {"x": "y"}}, "subtask_type": null, "immutable": false}`
	return []*node{
		message(plain, full+`}`, properties, packedJSON),
		message(plain, full+`, "compression": "application/x-gzip"}`, properties, packedZlib),
		message(plain, `{"task": "echo", "id": "i", "eta": "2020-01-01T00:00:00.123456+02:00", "expires": "2999-01-01T00:00:00Z", "retries": 2, "timelimit": [10, 5.5]}`, properties, packedJSON),
		message(`[[1, "a", [2.5, null]], {"k": {"__type__": "datetime", "__value__": "2020-01-01T00:00:00"}}, {"callbacks": [`+sig+`], "errbacks": [`+sig+`], "chain": [`+sig+`, `+sig+`], "chord": null}]`, full+`}`, properties, packedJSON),
		message(`[[1], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": `+sig+`}]`, `{"task": "echo", "id": "i", "group": "g", "group_index": 1}`, properties, packedJSON),
		message(`{"task": "echo", "id": "v1", "args": [1], "kwargs": {"a": 1}, "retries": 0, "eta": null, "expires": null, "utc": true, "timelimit": [null, null],
			"taskset": "g", "chord": null, "callbacks": [`+sig+`], "errbacks": null}`, `{}`, properties, packedJSON),
	}
}

// requests are commands for every worker, of each kind of arguments.
func requests() []*node {
	var all []*node
	for _, text := range []string{`"ping", "arguments": {}`, `"stats", "arguments": {}`, `"query_task", "arguments": {"ids": ["zz"]}`, `"revoke", "arguments": {"task_id": ["zz"], "terminate": true, "signal": "SIGTERM"}`,
		`"hello", "arguments": {"from_node": "zz", "revoked": {"zz": 1.5}}`, `"conf", "arguments": {"with_defaults": false}`, `"time_limit", "arguments": {"task_name": "zz", "soft": 1, "hard": 2}`, `"nobody", "arguments": {"a": 1}`} {
		all = append(all, message(`{"method": `+text+`, "destination": null, "pattern": null, "matcher": null, "ticket": "zz", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "zz"}}`,
			`{"clock": 1, "expires": 0}`, `{"delivery_mode": 2, "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""}, "priority": 0, "body_encoding": "base64", "delivery_tag": "zz"}`, packedJSON))
	}
	return all
}

// hostile are scalars that readers of JSON, numbers, times and names stumble over.
var hostile = []string{`null`, `true`, `0`, `-1`, `1e400`, `-0.0`, `1e-400`, `9223372036854775808`, `-9223372036854775809`, `1` + strings.Repeat("0", 400), `0.1e`, `01`, `+1`,
	`NaN`, `Infinity`, `-Infinity`, `undefined`, ``, `""`, `" "`, `"\u0000"`, `"\ud800"`, `"\udc00\ud800"`, `"\x"`, `"\u12"`, `"`, `'a'`, "\"\xff\xfe\"", "\"\n\"", `"é\u00e9"`,
	`"celery"`, `"echo"`, `"nobody"`, `"celery.backend_cleanup"`, `"celery.chain"`, `"celery.map"`, `"celery.chord"`, `"celery.accumulate"`, id, `"t"`, `"a\u0006\u00163"`, `"/0.celery.pidbox"`,
	`"2020-01-01"`, `"0000-00-00T00:00:00"`, `"9999-12-31T23:59:59.999999+23:59"`, `"2020-02-30T25:61:61Z"`, `"base64"`, `"utf-16"`, `"application/x-python-serialize"`, `"application/data"`, `"zstd"`, `"bzip2"`,
	`[]`, `{}`, `[null]`, `[[]]`, `{"": ""}`, `{"__type__": "datetime", "__value__": 1}`, `{"__type__": "bytes", "__value__": "!"}`, `{"__type__": "uuid"}`, `[[[[[[[[[[]]]]]]]]]]`,
	strings.Repeat("[", 900) + strings.Repeat("]", 900), strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000), `"` + strings.Repeat("x", 70_000) + `"`}

// change alters one place of a message.
func change(root *node, leaves []string, rng *rand.Rand) {
	all := root.all()
	at := all[rng.IntN(len(all))]
	other := all[rng.IntN(len(all))].clone()
	leaf := &node{text: leaves[rng.IntN(len(leaves))]}
	switch rng.IntN(8) {
	case 0, 1, 2: // another value
		*at = *leaf
	case 3: // one from elsewhere in the message
		*at = *other
	case 4: // one level deeper
		*at = node{kind: list, items: []*node{at.clone()}}
	case 5: // text where a value belongs, or the other way round
		*at = node{kind: []kind{packedJSON, packedZlib}[rng.IntN(2)], items: []*node{at.clone()}}
	case 6: // one less
		if n := len(at.items); n > 0 && at.kind != packedJSON && at.kind != packedZlib {
			i := rng.IntN(n)
			at.items = slices.Delete(at.items, i, i+1)
			if at.kind == object {
				at.keys = slices.Delete(at.keys, i, i+1)
			}
		}
	case 7: // one more; of an object a key that it has already, if it has any
		switch at.kind {
		case list:
			at.items = append(at.items, leaf)
		case object:
			key := `"x"`
			if len(at.keys) > 0 {
				key = at.keys[rng.IntN(len(at.keys))]
			}
			i := rng.IntN(len(at.keys) + 1)
			at.keys, at.items = slices.Insert(at.keys, i, key), slices.Insert(at.items, i, leaf)
		}
	}
}

// garble alters bytes.
func garble(raw []byte, rng *rand.Rand) []byte {
	if len(raw) == 0 {
		return []byte{byte(rng.IntN(256))}
	}
	i := rng.IntN(len(raw))
	j := i + rng.IntN(min(len(raw)-i, 64))
	switch rng.IntN(7) {
	case 0:
		return raw[:i]
	case 1:
		raw[i] ^= 1 << rng.IntN(8)
	case 2:
		raw[i] = `"\{}[],:0e`[rng.IntN(10)]
	case 3:
		return slices.Insert(raw, i, byte(rng.IntN(256)))
	case 4:
		return slices.Delete(raw, i, j)
	case 5:
		return slices.Insert(raw, i, slices.Clone(raw[i:j])...)
	case 6:
		return slices.Concat([]byte("\ufeff \n\x00")[:rng.IntN(6)], raw, []byte(" \n{")[:rng.IntN(4)])
	}
	return raw
}
