package layertest

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

func wireRow(id string, also needs, says, why string, f func(k *kit)) row {
	return row{ID: conformance.ID("LAYER-WIR-" + id), Profile: "wire", Needs: append(needs{serving}, also...), Says: says, Why: why, Check: check(f)}
}

func wireRows() []row {
	return slices.Concat(wireQueueRows(), wireGroupRows(), wireReadRows(), wirePublishRows())
}

func wireQueueRows() []row {
	return []row{
		wireRow("001", needs{Queues}, "The queue of a general channel MUST be a sorted set, whose key is the prefix and the name.", "L core.send", func(k *kit) {
			k.send("jobs", msg(1))
			if kind := k.do("TYPE", "asgijobs"); kind != "zset" {
				k.Errorf("TYPE asgijobs = %v, want zset", kind)
			}
			k.stored("asgijobs")
		}),
		wireRow("002", needs{Queues}, "A member MUST be twelve random bytes and the message in MessagePack.", "L serializers: random_prefix_length", func(k *kit) {
			k.send("jobs", Message{"type": "t"})
			k.body("asgijobs", "81"+typed)
			k.send("jobs", Message{"type": "t"})
			if n := k.do("ZCARD", "asgijobs"); n != int64(2) {
				k.Errorf("ZCARD asgijobs = %v after a message was sent twice, want 2", n)
			}
		}),
		wireRow("003", needs{Queues}, "The score of a message MUST be its time in seconds since 1970, with a fraction.", "L core.send: time.time()", func(k *kit) {
			k.send("a", msg(1))
			k.Advance(1500 * time.Millisecond)
			k.send("b", msg(1))
			_, first := k.stored("asgia")
			_, second := k.stored("asgib")
			if d := second - first; first < 9e8 || first > 1e10 || d < 1.4 || d > 60 {
				k.Errorf("the scores are %f and %f, want seconds since 1970 and 1.5 between them", first, second)
			}
		}),
		wireRow("004", needs{Queues, Expires}, "A queue MUST live until its last message expires.", "L core.send: EXPIRE at each send", func(k *kit) {
			expiry := k.l.Limits().Expiry
			k.send("jobs", msg(1))
			k.lives("asgijobs", expiry)
			k.Advance(expiry / 2)
			k.send("jobs", msg(2))
			k.lives("asgijobs", expiry)
		}),
		wireRow("005", needs{Locals}, "The queue of a layer's own channels MUST be named up to the exclamation mark, and a message in it name its channel under __asgi_channel__, last.", "L core.send", func(k *kit) {
			own := k.newChannel()
			k.send(own, Message{"type": "t"})
			k.body(queueOf(own), "82"+typed+reserved+packed(own))
		}),
		wireRow("006", needs{Locals}, "A new channel MUST be specific, a period, 32 hexadecimal digits of the layer, an exclamation mark, and 32 of its own.", "L core.new_channel", func(k *kit) {
			form := regexp.MustCompile(`^specific\.([0-9a-f]{32})!([0-9a-f]{32})$`)
			a, b := k.newChannel(), k.newChannel()
			first, second := form.FindStringSubmatch(a), form.FindStringSubmatch(b)
			if first == nil || second == nil || first[1] != second[1] || first[2] == second[2] {
				k.Errorf("new channels are %s and %s, want specific.<layer>!<channel>", a, b)
			}
		}),
		wireRow("007", needs{Queues}, "Values MUST be in MessagePack's shortest forms, text and bytes apart, floats with 64 bits.", "L: msgpack.packb of these", func(k *kit) {
			for want, v := range map[string]any{
				"c40200ff": []byte{0, 255}, "cb3ff8000000000000": 1.5, "c0": nil, "c3": true, "c2": false, "ff": int64(-1), "d0df": int64(-33),
				"7f": int64(127), "ccff": int64(255), "cd0100": int64(256), "ce00010000": int64(65536), "cf0000010000000000": int64(1 << 40),
				"d1ff7f": int64(-129), "a2c3a9": "é", "bf" + strings.Repeat("78", 31): strings.Repeat("x", 31),
				"d920" + strings.Repeat("78", 32): strings.Repeat("x", 32), "9101": []any{int64(1)}, "81a16b02": map[string]any{"k": int64(2)},
				"dc0010" + strings.Repeat("01", 16): slices.Repeat([]any{int64(1)}, 16), "90": []any{}, "80": map[string]any{},
			} {
				k.send("jobs", Message{"v": v})
				k.body("asgijobs", "81a176"+want)
				k.do("DEL", "asgijobs")
			}
		}),
		wireRow("008", needs{Queues, Expires}, "A send MUST remove from its queue what has expired.", "L core.send: ZREMRANGEBYSCORE", func(k *kit) {
			now := k.now()
			k.inject("asgijobs", now-k.l.Limits().Expiry.Seconds()-10, "81"+typed)
			k.send("jobs", msg(1))
			k.stored("asgijobs")
		}),
		wireRow("009", needs{opening, Prefixes, Queues, AnyMember}, "Another prefix MUST be put before every key, as it stands.", "L: prefix", func(k *kit) {
			other := k.open(Settings{Prefix: "app"})
			other.send("jobs", msg(1))
			other.add("g", "jobs")
			k.stored("appjobs")
			k.stored("app:group:g")
		}),
	}
}

func wireGroupRows() []row {
	return []row{
		wireRow("010", needs{Queues, AnyMember}, "A group MUST be a sorted set under the prefix, :group: and its name, of the channels' full names with the times of their additions.", "L core.group_add", func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			member, first := k.stored("asgi:group:g")
			if member != own {
				k.Errorf("the member is %q, want %q", member, own)
			}
			k.Advance(1500 * time.Millisecond)
			k.add("g", own)
			if d := k.score("asgi:group:g", own) - first; first < 9e8 || d < 1.4 || d > 60 {
				k.Errorf("the score was %f and grew by %f in 1.5 s, want seconds since 1970", first, d)
			}
		}),
		wireRow("011", needs{Queues, Expires, AnyMember}, "A group MUST live until its last membership expires.", "L core.group_add: EXPIRE", func(k *kit) {
			k.add("g", "jobs")
			k.lives("asgi:group:g", k.l.Limits().GroupExpiry)
		}),
		wireRow("012", needs{Queues, AnyMember}, "A group without members MUST leave no key.", "L core.group_discard: ZREM", func(k *kit) {
			k.add("g", "a", "b")
			k.discard("g", "a")
			if member, _ := k.stored("asgi:group:g"); member != "b" {
				k.Errorf("the member is %q, want b", member)
			}
			k.discard("g", "b")
			if n := k.do("EXISTS", "asgi:group:g"); n != int64(0) {
				k.Errorf("EXISTS asgi:group:g = %v, want 0", n)
			}
		}),
		wireRow("013", needs{Queues, AnyMember}, "A group message MUST name its channels in a list, be there one or more.", "L core.group_send", func(k *kit) {
			own := k.newChannel()
			k.add("g", "jobs", own)
			k.groupSend("g", Message{"type": "t"})
			k.body("asgijobs", "82"+typed+reserved+"91"+packed("jobs"))
			k.body(queueOf(own), "82"+typed+reserved+"91"+packed(own))
		}),
		wireRow("014", needs{Locals, AnyMember}, "Members that share a queue MUST get one message, with the names of all.", "L core.group_send", func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.add("g", a, b)
			k.groupSend("g", Message{"type": "t"})
			member, _ := k.stored(queueOf(a))
			got := hex.EncodeToString([]byte(member[min(salt, len(member)):]))
			head := "82" + typed + reserved + "92"
			if got != head+packed(a)+packed(b) && got != head+packed(b)+packed(a) {
				k.Errorf("the message is %s, want %s and both names", got, head)
			}
		}),
		wireRow("015", needs{Queues, Expires, AnyMember}, "A group message MUST remove memberships that have expired.", "L core.group_send: ZREMRANGEBYSCORE", func(k *kit) {
			k.add("g", "jobs")
			_, now := k.stored("asgi:group:g")
			k.do("ZADD", "asgi:group:g", strconv.FormatFloat(now-k.l.Limits().GroupExpiry.Seconds()-10, 'f', 6, 64), "old")
			k.groupSend("g", msg(1))
			k.stored("asgi:group:g")
			k.holds("old")
			k.holds("jobs", msg(1))
		}),
	}
}

func wireReadRows() []row {
	return []row{
		wireRow("016", needs{Queues}, "A message of another program MUST be received, with a list of channels or without.", "L core.receive", func(k *kit) {
			now := k.now()
			k.inject("asgijobs", now-2, "81"+typed)
			k.inject("asgijobs", now-1, "82"+typed+reserved+"91"+packed("jobs"))
			k.holds("jobs", Message{"type": "t"}, Message{"type": "t"})
		}),
		wireRow("017", needs{Queues, Locals}, "A message of another program to a channel of the layer's own MUST be received, with the name as text or in a list.", "L core.receive_single", func(k *kit) {
			a, b, now := k.newChannel(), k.newChannel(), k.now()
			k.inject(queueOf(a), now-2, "82"+typed+reserved+packed(a))
			k.inject(queueOf(a), now-1, "82"+typed+reserved+"92"+packed(b)+packed(a))
			k.holds(a, Message{"type": "t"}, Message{"type": "t"})
			k.holds(b, Message{"type": "t"})
		}),
		wireRow("018", needs{Queues}, "Every form of MessagePack MUST be read, not the shortest alone.", "the format; other writers", func(k *kit) {
			for body, want := range map[string]Message{
				"de0001" + "d90474797065" + "da000174":               {"type": "t"}, // map16, str8, str16
				"df00000001" + "db0000000474797065" + "db0000000174": {"type": "t"}, // map32, str32
				"81a176" + "d300000000000000ff":                      {"v": int64(255)},
				"81a176" + "ca3fc00000":                              {"v": 1.5},
				"81a176" + "dd0000000101":                            {"v": []any{int64(1)}},
				"81a176" + "c50001ff":                                {"v": []byte{255}},
			} {
				k.inject("asgijobs", k.now()-1, body)
				k.holds("jobs", want)
			}
		}),
		wireRow("019", needs{Queues}, "A message that cannot be read MUST cost one error, and be gone.", "L: seen live", func(k *kit) {
			k.inject("asgijobs", k.now()-1, "c1")
			k.send("jobs", msg(1))
			_, err := k.l.Receive(k.Context(), "jobs")
			k.did(err, "Receive(jobs) of what is no MessagePack").fails(ErrCorrupt)
			k.holds("jobs", msg(1))
			k.soon("0", "EXISTS", "asgijobs", "asgijobs$inflight")
		}),
		wireRow("020", needs{Queues}, "A message that was received MUST leave no key behind.", "L: the backup is emptied", func(k *kit) {
			k.send("jobs", msg(1))
			k.receive("jobs")
			k.soon("0", "EXISTS", "asgijobs", "asgijobs$inflight")
		}),
		wireRow("021", needs{Queues}, "What a process that died had taken into the backup of a queue, its key and $inflight, MUST be received, once.",
			"L core: restored by the next receive", func(k *kit) {
				k.inject("asgijobs$inflight", k.now(), "81"+typed)
				got := k.drain("jobs") // at once as in L, or when the one who has it is surely dead
				k.Advance(k.l.Limits().Expiry / 4)
				got = append(got, k.drain("jobs")...)
				if len(got) != 1 || !same(got[0], Message{"type": "t"}) {
					k.Errorf("received %s in all, want the one message", shown(got))
				}
				k.soon("0", "EXISTS", "asgijobs", "asgijobs$inflight")
			}),
	}
}

func wirePublishRows() []row {
	hear := func(k *kit, channels []string, run func(), wants ...string) {
		k.Helper()
		sub, err := k.l.(Server).Subscribe(k.Context(), channels...)
		if err != nil {
			k.Fatalf("subscribe to %q: %v", channels, err)
		}
		defer sub.Close()
		run()
		for _, want := range wants {
			channel, payload, err := sub.Next(k.Context())
			if got := fmt.Sprintf("%s %x", channel, payload); err != nil || got != want {
				k.Errorf("published %s, %v, want %s", got, err, want)
			}
		}
	}
	return []row{
		wireRow("022", needs{Broadcasts}, "A message MUST be published under the bare name of its channel, in MessagePack alone.", "L pubsub.send", func(k *kit) {
			own := k.newChannel()
			hear(k, []string{"jobs", "asgijobs", own}, func() {
				k.send("jobs", Message{"type": "t"})
				k.send(own, Message{"type": "t"})
			}, "jobs 81"+typed, own+" 81"+typed)
		}),
		wireRow("023", needs{Broadcasts}, "A group message MUST be published once, under the prefix, __group__ and the name.", "L pubsub.group_send", func(k *kit) {
			k.add("g", k.newChannel())
			k.add("g", k.newChannel())
			hear(k, []string{"asgi__group__g", "asgi__group__h"}, func() {
				k.groupSend("g", Message{"type": "t"})
				k.groupSend("h", Message{})
			}, "asgi__group__g 81"+typed, "asgi__group__h 80")
		}),
		wireRow("024", needs{Broadcasts}, "A new channel MUST be the prefix, specific, a period and 32 hexadecimal digits, and be subscribed to.", "L pubsub.new_channel", func(k *kit) {
			own := k.newChannel()
			if !regexp.MustCompile(`^asgispecific\.[0-9a-f]{32}$`).MatchString(own) {
				k.Fatalf("the new channel is %s, want asgispecific.<channel>", own)
			}
			k.soon("["+own+" 1]", "PUBSUB", "NUMSUB", own)
		}),
		wireRow("025", needs{Broadcasts}, "A group MUST be subscribed to while it has members here.", "L pubsub.group_add and group_discard", func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.add("g", a)
			k.add("g", b)
			k.soon("[asgi__group__g 1]", "PUBSUB", "NUMSUB", "asgi__group__g")
			k.discard("g", a)
			k.send(b, msg(1))
			k.holds(b, msg(1))
			if n := fmt.Sprint(k.do("PUBSUB", "NUMSUB", "asgi__group__g")); n != "[asgi__group__g 1]" {
				k.Errorf("PUBSUB NUMSUB = %s, want one subscription until the last member goes", n)
			}
			k.discard("g", b)
			k.soon("[asgi__group__g 0]", "PUBSUB", "NUMSUB", "asgi__group__g")
		}),
	}
}
