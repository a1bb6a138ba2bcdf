package kombu

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

func (t *Transport) key(name string) string { return t.opt.Prefix + name }

// step floors a priority to its step.
func (t *Transport) step(priority int) int {
	s := 0
	for _, step := range t.opt.PrioritySteps {
		if step <= priority {
			s = step
		}
	}
	return s
}

// list is the key of a queue's list for a priority step.
func (t *Transport) list(queue string, step int) string {
	if step == 0 {
		return t.key(queue)
	}
	return t.key(queue) + t.opt.Separator + strconv.Itoa(step)
}

// lists are the keys of queues in the order in which they are looked at:
// all queues for the first step, all for the second, and so on.
func (t *Transport) lists(queues ...string) []string {
	keys := make([]string, 0, len(queues)*len(t.opt.PrioritySteps))
	for _, step := range t.opt.PrioritySteps {
		for _, q := range queues {
			keys = append(keys, t.list(q, step))
		}
	}
	return keys
}

// queue is the name of the queue a list belongs to.
func (t *Transport) queue(list string) string {
	name := strings.TrimPrefix(list, t.opt.Prefix)
	if at := strings.LastIndex(name, t.opt.Separator); at >= 0 {
		return name[:at]
	}
	return name
}

// checkName refuses a name that the layout cannot carry.
func (t *Transport) checkName(kind, name string) error {
	if strings.Contains(name, t.opt.Separator) {
		return fmt.Errorf("%s %q contains the separator %q of priority lists: %w: choose another name or set Options.Separator", kind, name, t.opt.Separator, broker.ErrRefused)
	}
	return nil
}

// member is a binding as kombu stores it. For a topic exchange the pattern
// field holds a Python regular expression, by which kombu's producers route.
func (t *Transport) member(kind string, b broker.Binding) string {
	pattern := ""
	if kind == "topic" {
		pattern = topicPattern(b.RoutingKey)
	}
	return b.RoutingKey + t.opt.Separator + pattern + t.opt.Separator + b.Queue
}

// binding reads what member wrote. topic is whether it has a pattern.
func (t *Transport) binding(exchange, member string) (b broker.Binding, pattern string, ok bool) {
	parts := strings.Split(member, t.opt.Separator)
	if len(parts) != 3 {
		return broker.Binding{}, "", false
	}
	return broker.Binding{Exchange: exchange, RoutingKey: parts[0], Queue: parts[2]}, parts[1], true
}

// topicPattern is kombu's translation of a topic key (key_to_pattern in
// kombu/transport/virtual/exchange.py).
func topicPattern(key string) string {
	words := strings.Split(key, ".")
	for i, w := range words {
		switch w {
		case "*":
			words[i] = `.*?[^\.]`
		case "#":
			words[i] = `.*?`
		default:
			words[i] = escapeWord(w)
		}
	}
	return "^" + strings.Join(words, `\.`) + "$"
}

// escapeWord quotes what is neither a letter nor a digit, as kombu's
// escape_regex does.
func escapeWord(w string) string {
	var b strings.Builder
	for _, r := range w {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '#' && r != '*' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// topicMatches reports whether a key matches a topic binding as AMQP defines
// it, * for one word and # for any number; in parity as kombu's stored pattern does.
func (t *Transport) topicMatches(b broker.Binding, pattern, key string) bool {
	if t.opt.Parity {
		re, err := regexp.Compile(pattern)
		return err == nil && re.MatchString(key)
	}
	return broker.TopicMatches(b.RoutingKey, key)
}

// channel is where a fanout exchange is published. Pub/sub ignores the number
// of the database, so it is part of the name.
func (t *Transport) channel(exchange, routingKey string) string {
	c := t.opt.Prefix + "/" + strconv.Itoa(t.db) + "." + exchange
	if routingKey != "" {
		c += "/" + routingKey
	}
	return c
}
