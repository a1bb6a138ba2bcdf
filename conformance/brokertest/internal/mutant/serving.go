package mutant

import (
	"errors"
	"strings"
)

// script edits the Lua scripts: every occurrence of old becomes new.
func script(old, new string) Twist {
	return Twist{Script: func(text string) string { return strings.ReplaceAll(text, old, new) }}
}

// word edits the words of all commands.
func word(change func(string) string) Twist {
	return Twist{Command: func(words []string) []string {
		for i, w := range words {
			if i > 0 && len(w) < 10_000 {
				words[i] = change(w)
			}
		}
		return words
	}}
}

// swap replaces a word, in whole or in part.
func swap(old, new string) Twist {
	return word(func(w string) string { return strings.ReplaceAll(w, old, new) })
}

// command edits commands of one name.
func command(name string, change func(words []string)) Twist {
	return Twist{Command: func(words []string) []string {
		if strings.EqualFold(words[0], name) {
			change(words)
		}
		return words
	}}
}

// wire holds bugs in what lies on the server.
func wire() []Mutant {
	return by([]string{"WIR"},
		Mutant{Name: "lists-of-steps-have-a-colon", Twist: word(func(w string) string {
			if len(w) < 12 && !strings.Contains(w, "_kombu") {
				w = strings.Replace(w, "\x06\x16", ":", 1)
			}
			return w
		})},
		Mutant{Name: "messages-are-pushed-at-the-right", Twist: Twist{Script: func(text string) string {
			text = strings.ReplaceAll(text, "'LPUSH', KEYS[tonumber", "'RPUSH', KEYS[tonumber")
			return strings.ReplaceAll(text, "'RPOP'", "'LPOP'")
		}}},
		Mutant{Name: "messages-are-written-without-blanks", Twist: word(func(w string) string {
			if strings.HasPrefix(w, `{"body": `) {
				w = strings.NewReplacer(`": `, `":`, `, "`, `,"`).Replace(w)
			}
			return w
		})},
		Mutant{Name: "the-delivery-mode-is-forgotten", Twist: swap(`"delivery_mode": 2, `, "")},
		Mutant{Name: "text-is-written-as-it-is", Twist: swap(`\u00e9`, "é")},
		Mutant{Name: "floats-are-written-without-a-point", Twist: swap(`"c": 1.0`, `"c": 1`)},
		Mutant{Name: "NaN-is-written-as-null", Twist: swap("NaN", "null")},
		Mutant{Name: "unacked-keeps-the-message-as-text", Twist: script(`'[' .. m.raw .. ', '`, `'["' .. m.raw .. '", '`)},
		Mutant{Name: "the-hash-of-claims-has-another-name", Twist: word(func(w string) string {
			if w == "unacked" {
				return "claimed"
			}
			return w
		})},
		Mutant{Name: "the-index-of-claims-has-another-name", Twist: swap("unacked_index", "unacked:index")},
		Mutant{Name: "scores-are-milliseconds", Twist: script("scores[2 * i - 1], scores[2 * i] = now, field", "scores[2 * i - 1], scores[2 * i] = now * 1000, field")},
		Mutant{Name: "an-ack-leaves-the-message-in-unacked", Twist: script("redis.call('HDEL', KEYS[2], unpack(gone))", "")},
		Mutant{Name: "the-flag-of-redelivery-is-one", Twist: swap(`"redelivered": true`, `"redelivered": 1`)},
		Mutant{Name: "the-flag-of-redelivery-is-in-the-headers-only", Twist: swap(`"routing_key": "q", "redelivered": true`, `"routing_key": "q"`)},
		Mutant{Name: "bindings-lack-the-empty-pattern", Twist: swap("key\x06\x16\x06\x16q", "key\x06\x16q")},
		Mutant{Name: "topics-are-stored-without-a-pattern", Twist: swap(`^a\..*?$`, "")},
		Mutant{Name: "foreign-bindings-are-not-read", Twist: swap("_kombu.binding.reply", "_kombu.reply")},
		Mutant{Name: "each-copy-gets-a-tag-of-its-own", Twist: script(
			"redis.call('LPUSH', KEYS[tonumber(ARGV[i])], unpack(ARGV, i + 2, last))",
			"for n = i + 2, last do redis.call('LPUSH', KEYS[tonumber(ARGV[i])], (string.gsub(ARGV[n], '\"delivery_tag\": \"', '%0' .. n))) end")},
		Mutant{Name: "foreign-messages-lose-their-headers", Break: is(bug{delivery: func(d *Delivery) {
			if d.Headers["lang"] == "py" {
				d.Headers = nil
			}
		}})},
		Mutant{Name: "foreign-claims-are-left-alone", Twist: command("zrevrangebyscore", func(words []string) {
			words[3] = "1000000"
		})},
		Mutant{Name: "foreign-claims-have-no-priority", Break: is(bug{restore: func(b Full, ctx ctx) error {
			err := b.Restore(ctx)
			_, _ = b.Do(ctx, "RPOPLPUSH", "q\x06\x163", "q")
			return err
		}})},
		Mutant{Name: "channels-have-no-database", Twist: word(func(w string) string {
			if strings.HasPrefix(w, "/") {
				return "/" + w[strings.Index(w, ".")+1:]
			}
			return w
		})},
		Mutant{Name: "channels-lack-the-routing-key", Twist: swap("/worker.online", "")},
		Mutant{Name: "events-are-put-in-queues", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			for i := range ms {
				if strings.HasPrefix(ms[i].Exchange, "celery") {
					ms[i].Exchange, ms[i].RoutingKey = "", ms[i].Exchange
				}
			}
			return b.Publish(ctx, ms...)
		}})},
		Mutant{Name: "the-prefix-is-forgotten-for-lanes", Twist: swap("{p}x:redkit.lane", "redkit.lane")},
		Mutant{Name: "the-prefix-is-part-of-the-queue", Break: func() bug {
			prefix := map[Full]string{}
			return bug{delivery: func(d *Delivery) {
				if len(prefix) == 0 && d.Queue == "q" {
					d.Queue = "p:q"
				}
			}}
		}},
		Mutant{Name: "the-prefix-is-ignored", Break: opening(func(s *Settings) { s.Prefix = "" })},
	)
}

// sweeps holds bugs in what a sweep makes of what others left.
func sweeps() []Mutant {
	return by([]string{"SWP", "FAN-007", "FAN-008"},
		Mutant{Name: "kombus-own-commands", Twist: Twist{Parity: true}},
		Mutant{Name: "a-sweep-stops-at-poison", Break: is(bug{restore: func(b Full, ctx ctx) error {
			if v, _ := b.Do(ctx, "HEXISTS", "unacked", "poison"); v == int64(1) {
				return errors.New("not JSON")
			}
			return b.Restore(ctx)
		}})},
		Mutant{Name: "index-entries-without-a-message-stay", Break: is(bug{restore: func(b Full, ctx ctx) error {
			err := b.Restore(ctx)
			_, _ = b.Do(ctx, "ZADD", "unacked_index", "1", "ghost")
			return err
		}})},
		Mutant{Name: "messages-without-an-index-entry-stay", Twist: command("hscan", func(words []string) { words[1] = "none" })},
		Mutant{Name: "messages-without-a-queue-are-dropped", Break: is(bug{restore: func(b Full, ctx ctx) error {
			err := b.Restore(ctx)
			_, _ = b.Do(ctx, "HDEL", "unacked", "t")
			return err
		}})},
		Mutant{Name: "a-sweep-waits-for-the-mutex", Break: is(bug{restore: func(b Full, ctx ctx) error {
			if v, _ := b.Do(ctx, "EXISTS", "unacked_mutex"); v == int64(1) {
				return nil
			}
			return b.Restore(ctx)
		}})},
		Mutant{Name: "a-key-of-another-type-stops-the-claim", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			if v, _ := t.b.Do(ctx, "TYPE", "bad"); v == "string" {
				return nil, errors.New("WRONGTYPE")
			}
			return t.Claim(ctx, max)
		}})},
		Mutant{Name: "a-wiped-server-swallows-messages", Break: is(bug{publish: func(b Full, ctx ctx, ms []Message) error {
			if err := b.Publish(ctx, ms...); err == nil || string(ms[0].Body) != "b" {
				return err
			}
			return nil
		}})},
		Mutant{Name: "claims-go-by-the-binding-they-came-by", Break: is(bug{restore: func(b Full, ctx ctx) error {
			if v, _ := b.Do(ctx, "EXISTS", "_kombu.binding.ex"); v == int64(0) {
				_, _ = b.Do(ctx, "DEL", "unacked", "unacked_index", "redkit.claims")
			}
			return b.Restore(ctx)
		}})},
		Mutant{Name: "broadcast-queues-of-others-are-lists", Twist: swap("bcast.0f4a", "xcast.0f4a")},
		Mutant{Name: "a-closed-listener-stays-subscribed", Break: is(bug{next: nil, listen: leavesEar})},
	)
}
