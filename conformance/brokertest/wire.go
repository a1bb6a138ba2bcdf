package brokertest

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// sep parts the queue from the step in the name of a list, and the fields of
// a binding.
const sep = "\x06\x16"

// do performs a command on the server and shows what it answers.
func (k *kit) do(command ...string) string { return show(k.reply(command...)) }

func (k *kit) reply(command ...string) any {
	k.Helper()
	v, err := k.b.(Server).Do(k.ctx, command...)
	k.Call("%s", clip(strings.Join(command, " ")))
	if err != nil {
		k.Fatalf("%s failed: %v", strings.Join(command, " "), err)
	}
	return v
}

// texts is an answer that is a list of texts.
func (k *kit) texts(command ...string) []string {
	k.Helper()
	all, _ := k.reply(command...).([]any)
	out := make([]string, len(all))
	for i, v := range all {
		out[i], _ = v.(string)
	}
	return out
}

// stored is the only element of a list.
func (k *kit) stored(list string) string {
	k.Helper()
	all := k.texts("LRANGE", list, "0", "-1")
	if len(all) != 1 {
		k.Fatalf("LRANGE %s 0 -1 = %d elements, want 1", clip(list), len(all))
	}
	return all[0]
}

// wants compares texts.
func (k *kit) wants(what, got, want string) {
	k.Helper()
	if got != want {
		k.Errorf("%s is\n\t%s\nwant\n\t%s", what, got, want)
	}
}

// element is the text of a message in a list, with its tag in it. flag is what
// a redelivery adds.
func element(tag, headers, flag string) string {
	comma := ""
	if headers != "" && flag != "" {
		comma = ", "
	}
	info := ""
	if flag != "" {
		info = ", " + flag
	}
	return `{"body": "aMOpAA==", "content-encoding": "utf-8", "content-type": "application/json", "headers": {` + headers + comma + flag +
		`}, "properties": {"correlation_id": "c", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "q"` + info +
		`}, "priority": 5, "body_encoding": "base64", "delivery_tag": "` + tag + `"}}`
}

const flagged = `"redelivered": true`

// sample is the message that element writes.
func sample() Message {
	m := ranked("q", int64(5), "h\u00e9\x00")
	m.ContentType, m.ContentEncoding = "application/json", "utf-8"
	m.Headers = map[string]any{"task": "t"} // one: a map has no order
	m.Properties = map[string]any{"correlation_id": "c"}
	return m
}

const sampleHeaders = `"task": "t"`

func wireRows() []row {
	wire := func(id, says, why string, f func(k *kit)) row {
		return row{ID: conformance.ID("BROKER-WIR-" + id), Profile: "wire", Needs: needs{inspecting}, Says: says, Why: why, Check: check(f)}
	}
	needing := func(r row, more ...capability) row { r.Needs = append(r.Needs, more...); return r }
	return []row{
		wire("001", "The list of a queue for step 0 MUST have the name of the queue, that of another step the name, 06 16 and the step.", "K: _q_for_pri", func(k *kit) {
			for _, p := range []int{0, 3, 6, 9} {
				k.publish(ranked("q", p, "a"))
			}
			for _, list := range []string{"q", "q" + sep + "3", "q" + sep + "6", "q" + sep + "9"} {
				k.stored(list)
			}
		}),
		wire("002", "A message MUST be pushed at the left of its list, to be taken at the right.", "K: LPUSH and BRPOP", func(k *kit) {
			k.send("q", "a", "b")
			all := k.texts("LRANGE", "q", "0", "-1")
			if len(all) != 2 || !strings.Contains(all[0], `"Yg=="`) {
				k.Errorf("the list is %s, want b at the left of a", show(all))
			}
		}),
		wire("003", "A message MUST be written as kombu writes it, to the byte: order, blanks, base64 and all.", "K: dumps(message) of a captured message", func(k *kit) {
			k.publish(sample())
			raw := k.stored("q" + sep + "3")
			k.wants("the element", raw, element(k.consumer("w", "q").take(1)[0].Tag, sampleHeaders, ""))
		}),
		wire("004", "Text beyond ASCII MUST be written in escapes.", "K: json.dumps with ensure_ascii", func(k *kit) {
			m := text("q", "a")
			m.Headers = map[string]any{"é": "€😀\u007f\n/"}
			k.publish(m)
			if raw := k.stored("q"); !strings.Contains(raw, `{"\u00e9": "\u20ac\ud83d\ude00\u007f\n/"}`) {
				k.Errorf("the element is %s, want \\u escapes of Python", raw)
			}
		}),
		wire("005", "Numbers MUST be written as Python does: integers whole, floats with a point, NaN and Infinity bare.", "K: json.dumps", func(k *kit) {
			m := text("q", "a")
			huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
			m.Headers = map[string]any{"a": int64(1<<53 + 1), "b": huge, "c": 1.0, "d": math.NaN(), "e": math.Inf(1), "f": 1e22}
			k.publish(m)
			want := `"headers": {"a": 9007199254740993, "b": 123456789012345678901234567890, "c": 1.0, "d": NaN, "e": Infinity, "f": 1e+22}`
			if raw := k.stored("q"); !strings.Contains(raw, want) {
				k.Errorf("the element is %s, want %s in it", raw, want)
			}
		}),
		wire("006", "A claim MUST keep message, exchange and routing key in the hash unacked under the delivery tag, as JSON to the byte.", "K: HSET unacked; kombu's sweepers read it", func(k *kit) {
			k.publish(sample())
			d := k.consumer("w", "q").take(1)[0]
			k.wants("unacked", strings.Trim(k.do("HGET", "unacked", d.Tag), `"`), strings.Trim(show("["+element(d.Tag, sampleHeaders, "")+`, "", "q"]`), `"`))
			k.depth("q").is(0)
		}),
		wire("007", "A claim MUST be in the sorted set unacked_index under the same name, with its time in seconds.", "K: ZADD unacked_index", func(k *kit) {
			k.send("q", "a", "b")
			c := k.consumer("w", "q")
			first := k.score(c.take(1)[0].Tag)
			k.Advance(1500 * 1e6)
			second := k.score(c.take(1)[0].Tag)
			if d := second - first; d < 1.4 || d > 60 || first < 1e9 {
				k.Errorf("the scores are %f and %f, want seconds since 1970 and 1.5 between them", first, second)
			}
		}),
		wire("008", "An ack MUST remove both.", "K: ZREM and HDEL", func(k *kit) {
			k.send("q", "a", "b")
			c := k.consumer("w", "q")
			ds := c.take(2)
			c.ack(ds[0]).ok()
			k.wants("unacked", k.do("HKEYS", "unacked"), show([]any{ds[1].Tag}))
			k.wants("unacked_index", k.do("ZRANGE", "unacked_index", "0", "-1"), show([]any{ds[1].Tag}))
		}),
		wire("009", "A requeue MUST flag the message in its headers and its delivery information, and leave every other byte.", "K: _do_restore_message", func(k *kit) {
			k.publish(sample())
			c := k.consumer("w", "q")
			d := c.take(1)[0]
			c.requeue(d).ok()
			k.wants("the element", k.stored("q"+sep+"3"), element(d.Tag, sampleHeaders, flagged))
			k.wants("unacked", k.do("EXISTS", "unacked", "unacked_index"), "0")
		}),
		needing(wire("010", "A restore MUST flag the message in the same way, and leave no trace in unacked.", "K: restore_by_tag", func(k *kit) {
			k.publish(sample())
			d := k.consumer("w", "q").take(1)[0]
			k.expire()
			k.wants("the element", k.stored("q"+sep+"3"), element(d.Tag, sampleHeaders, flagged))
			k.wants("unacked", k.do("EXISTS", "unacked", "unacked_index"), "0")
		}), sweeping),
		needing(wire("011", "A direct binding MUST be a member of _kombu.binding.<exchange>: routing key, 06 16, nothing, 06 16, queue.", "K: _queue_bind", func(k *kit) {
			k.declare("direct", Binding{"ex", "key", "q"})
			k.wants("the binding", k.do("SMEMBERS", "_kombu.binding.ex"), show([]any{"key" + sep + sep + "q"}))
			k.unbind(Binding{"ex", "key", "q"})
			k.wants("the bindings", k.do("EXISTS", "_kombu.binding.ex"), "0")
		}), declaring),
		needing(wire("012", "A topic binding MUST hold the regular expression by which kombu's producers route.", "K: key_to_pattern", func(k *kit) {
			k.declare("topic", Binding{"ex", "a.#", "q"})
			k.declare("topic", Binding{"ex2", "*.b-c.x", "q"})
			k.wants("the binding", k.do("SMEMBERS", "_kombu.binding.ex"), show([]any{"a.#" + sep + `^a\..*?$` + sep + "q"}))
			k.wants("the binding", k.do("SMEMBERS", "_kombu.binding.ex2"), show([]any{"*.b-c.x" + sep + `^.*?[^\.]\.b\-c\.x$` + sep + "q"}))
		}), declaring),
		needing(wire("013", "Bindings that kombu wrote MUST be routed by: those of a pidbox reply queue among them.", "K: SADD; celery inspect reads its replies there", func(k *kit) {
			k.do("SADD", "_kombu.binding.reply.celery.pidbox", "674b5e5e"+sep+sep+"674b5e5e.reply.celery.pidbox")
			k.publish(routed("reply.celery.pidbox", "674b5e5e", "pong"))
			if raw := k.stored("674b5e5e.reply.celery.pidbox"); !strings.Contains(raw, `{"exchange": "reply.celery.pidbox", "routing_key": "674b5e5e"}`) {
				k.Errorf("the reply is %s, want its exchange and routing key in it", raw)
			}
		}), declaring),
		needing(wire("014", "Copies of one publication in several queues MUST be equal, the delivery tag included.", "K: one message for all queues", func(k *kit) {
			k.declare("direct", Binding{"ex", "key", "one"}, Binding{"ex", "key", "two"})
			k.publish(routed("ex", "key", "a"))
			k.wants("the copy", k.stored("two"), k.stored("one"))
		}), declaring),
		wire("015", "A message that kombu pushed MUST be handed out as it is.", "a message captured from Celery 5.6", func(k *kit) {
			k.do("LPUSH", "q"+sep+"3", captured)
			d := k.consumer("w", "q").take(1)[0]
			got := fmt.Sprint(string(d.Body), " ", d.Headers["task"], " ", d.Headers["stamps"], " ", d.Properties["reply_to"], " ", d.Tag, " ", d.RoutingKey, " ", show(d.Priority))
			k.wants("the delivery", got, `[[2, 3], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}] tasks.add map[] 51fbe816-dcbd-3092-9849-59980c14c4fc e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe celery 5`)
		}),
		needing(wire("016", "A claim that a kombu worker made MUST be restored to the queue that its exchange and routing key name.", "mixed fleets: the entry has no more than that", func(k *kit) {
			k.do("HSET", "unacked", "e9f7a9eb", "["+captured+`, "", "q"]`)
			k.do("ZADD", "unacked_index", "1000.5", "e9f7a9eb")
			k.restore().ok()
			if raw := k.stored("q" + sep + "3"); !strings.Contains(raw, flagged) {
				k.Errorf("the element is %s, want it flagged", raw)
			}
			k.wants("unacked", k.do("EXISTS", "unacked", "unacked_index"), "0")
		}), sweeping),
		needing(wire("017", "A broadcast MUST be published on the channel /<db>.<exchange>, and /<routing key> if there is one.", "K: _get_publish_topic; events and remote control", func(k *kit) {
			db := ""
			for _, key := range []string{"", "worker.online"} {
				for _, words := range k.commands(func() { k.cast("celeryev", key, "a") }) {
					if strings.EqualFold(words[0], "publish") {
						db += " " + strings.Join(strings.FieldsFunc(words[1], func(r rune) bool { return r >= '0' && r <= '9' }), "N")
					}
				}
			}
			k.wants("the channels", db, " /N.celeryev /N.celeryev/worker.online")
		}), casting),
		needing(wire("018", "The exchanges of events and of remote control MUST be fanout ones without being declared.", "K: celeryev and *.pidbox", func(k *kit) {
			for _, exchange := range []string{"celeryev", "celery.pidbox"} {
				l := k.listen("l", Binding{Exchange: exchange, RoutingKey: "#"}, Binding{Exchange: exchange})
				k.publish(routed(exchange, "", "a"))
				l.message(exchange)
				l.close()
			}
		}), casting, declaring),
		needing(wire("019", "A global prefix MUST be put before every key as it stands.", "K: global_keyprefix, which forgets EXISTS", func(k *kit) {
			other := k.open("other", Settings{Prefix: "{p}x:"})
			other.declare("direct", Binding{"ex", "key", "q"})
			other.publish(routed("ex", "key", "a"), ranked("q", 9, "b"), text("q", "c"))
			c := other.consumer("w", "q")
			c.requeue(c.take(1)...).ok()
			c.ack(c.take(1)...).ok()
			c.take(1)
			for range 2 {
				for _, key := range k.texts("KEYS", "*") {
					if !strings.HasPrefix(key, "{p}x:") {
						k.Errorf("key %s has no prefix", clip(key))
					}
				}
				other.expire()
			}
			other.depth("q").is(2)
		}), opening, Configurable, sweeping, declaring),
		needing(wire("020", "With a global prefix deliveries MUST name their queues without it.", "K: the prefix is for the server only", func(k *kit) {
			other := k.open("other", Settings{Prefix: "p:"})
			other.publish(ranked("q", 9, "a"))
			if d := other.consumer("w", "q").take(1)[0]; d.Queue != "q" || d.RoutingKey != "q" {
				k.Errorf("the delivery says queue %q, routing key %q, want q", d.Queue, d.RoutingKey)
			}
		}), opening, Configurable),
		needing(wire("021", "Brokers of different prefixes MUST share nothing: queues, claims, sweeps and broadcasts.", "K: two apps on one database", func(k *kit) {
			one, two := k.open("one", Settings{Prefix: "a:"}), k.open("two", Settings{Prefix: "b:"})
			one.send("q", "a")
			two.depth("q").is(0)
			c := one.consumer("w", "q")
			c.gets("a")
			two.expire()
			one.depth("q").is(0)
			l := two.listen("l", Binding{Exchange: "ex"})
			defer l.close()
			one.cast("ex", "", "not for you")
			two.cast("ex", "", "last")
			l.hears("last")
		}), opening, Configurable, sweeping, casting),
	}
}

// captured is a message of Celery 5.6, its priority changed to 5.
const captured = `{"body": "W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "tasks.add", "id": "6cdac36e-9601-495b-9530-31a12dd758ab", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "6cdac36e-9601-495b-9530-31a12dd758ab", "parent_id": null, "argsrepr": "(2, 3)", "kwargsrepr": "{}", "origin": "gen7140@vm", "ignore_result": false, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}}, "properties": {"correlation_id": "6cdac36e-9601-495b-9530-31a12dd758ab", "reply_to": "51fbe816-dcbd-3092-9849-59980c14c4fc", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 5, "body_encoding": "base64", "delivery_tag": "e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe"}}`

// score is the time of a claim.
func (k *kit) score(tag string) float64 {
	k.Helper()
	var at float64
	if v, ok := k.reply("ZSCORE", "unacked_index", tag).(float64); ok {
		return v
	}
	text := strings.Trim(k.do("ZSCORE", "unacked_index", tag), `"`)
	if _, err := fmt.Sscan(text, &at); err != nil {
		k.Fatalf("ZSCORE unacked_index %s = %s, want a number", tag, text)
	}
	return at
}

// commands are those that run sends, in order.
func (k *kit) commands(run func()) [][]string {
	var all [][]string
	for _, x := range k.Trace(run) {
		all = slices.Concat(all, x.Commands)
	}
	return all
}
