package fake

import (
	"slices"
	"time"

	"github.com/redkit-dev/redkit/internal/glob"
)

// topics maps a channel or pattern to its subscribers, in the order in which
// they came.
type topics struct {
	order []string
	conns map[string][]*conn
}

func (t *topics) add(name string, c *conn) {
	if t.conns == nil {
		t.conns = map[string][]*conn{}
	}
	if t.conns[name] == nil {
		t.order = append(t.order, name)
	}
	t.conns[name] = append(t.conns[name], c)
}

func (t *topics) remove(name string, c *conn) {
	left := slices.DeleteFunc(t.conns[name], func(o *conn) bool { return o == c })
	if len(left) > 0 {
		t.conns[name] = left
		return
	}
	delete(t.conns, name)
	t.order = slices.DeleteFunc(t.order, func(o string) bool { return o == name })
}

// subscriptions are the channels and patterns of one connection, in order.
type subscriptions struct {
	channels, patterns, shards []string
}

// count is the number that subscribe replies tell.
func (s *subscriptions) count() int { return len(s.channels) + len(s.patterns) + len(s.shards) }

// whileSubscribed are the commands a RESP2 connection may run when it has
// subscriptions.
var whileSubscribed = []string{
	"subscribe", "psubscribe", "ssubscribe", "unsubscribe", "punsubscribe", "sunsubscribe", "ping", "quit", "reset",
}

func pubsubCommands() map[string]handler {
	return map[string]handler{
		"subscribe":    func(x *call) { x.subscribe(channelKind) },
		"psubscribe":   func(x *call) { x.subscribe(patternKind) },
		"ssubscribe":   func(x *call) { x.subscribe(shardKind) },
		"unsubscribe":  func(x *call) { x.unsubscribe(channelKind) },
		"punsubscribe": func(x *call) { x.unsubscribe(patternKind) },
		"sunsubscribe": func(x *call) { x.unsubscribe(shardKind) },
		"publish":      func(x *call) { x.w.Int(int64(x.s.publish(x.args[1], x.args[2]))) },
		"spublish":     func(x *call) { x.w.Int(int64(x.s.spublish(x.args[1], x.args[2]))) },

		"pubsub|channels":      func(x *call) { x.listTopics(&x.s.channels) },
		"pubsub|shardchannels": func(x *call) { x.listTopics(&x.s.shards) },
		"pubsub|numsub":        func(x *call) { x.countTopics(&x.s.channels) },
		"pubsub|shardnumsub":   func(x *call) { x.countTopics(&x.s.shards) },
		"pubsub|numpat":        func(x *call) { x.w.Int(int64(len(x.s.patterns.order))) },
	}
}

// subKind is one of the three ways to subscribe.
type subKind struct {
	prefix string // of its replies: "", "p" or "s"
	of     func(*conn) (*topics, *[]string)
	total  func(*subscriptions) int
}

var (
	channelKind = subKind{"", func(c *conn) (*topics, *[]string) { return &c.s.channels, &c.subs.channels }, plain}
	patternKind = subKind{"p", func(c *conn) (*topics, *[]string) { return &c.s.patterns, &c.subs.patterns }, plain}
	shardKind   = subKind{"s", func(c *conn) (*topics, *[]string) { return &c.s.shards, &c.subs.shards }, func(s *subscriptions) int { return len(s.shards) }}
)

func plain(s *subscriptions) int { return len(s.channels) + len(s.patterns) }

func (x *call) subscribe(kind subKind) {
	topics, own := kind.of(x.c)
	for _, name := range x.args[1:] {
		if !slices.Contains(*own, name) {
			*own = append(*own, name)
			topics.add(name, x.c)
		}
		x.w.Push(3)
		x.w.Bulk(kind.prefix + "subscribe")
		x.w.Bulk(name)
		x.w.Int(int64(kind.total(&x.c.subs)))
	}
}

func (x *call) unsubscribe(kind subKind) {
	_, own := kind.of(x.c)
	names := x.args[1:]
	if len(names) == 0 {
		names = slices.Clone(*own)
	}
	for _, name := range names {
		x.c.leave(kind, name)
		x.w.Push(3)
		x.w.Bulk(kind.prefix + "unsubscribe")
		x.w.Bulk(name)
		x.w.Int(int64(kind.total(&x.c.subs)))
	}
	if len(names) == 0 {
		x.w.Push(3)
		x.w.Bulk(kind.prefix + "unsubscribe")
		x.w.Null()
		x.w.Int(int64(kind.total(&x.c.subs)))
	}
}

// leave ends one subscription, if there is one.
func (c *conn) leave(kind subKind, name string) {
	topics, own := kind.of(c)
	if i := slices.Index(*own, name); i >= 0 {
		*own = slices.Delete(*own, i, i+1)
		topics.remove(name, c)
	}
}

func (s *Server) unsubscribeAll(c *conn) {
	for _, kind := range []subKind{channelKind, patternKind, shardKind} {
		_, own := kind.of(c)
		for _, name := range slices.Clone(*own) {
			c.leave(kind, name)
		}
	}
}

// publish delivers a message: to the channel's subscribers first, then for
// each pattern that matches to the pattern's, a message for each match.
func (s *Server) publish(channel, message string) int {
	receivers := s.deliver(s.channels.conns[channel], "message", channel, message)
	for _, pattern := range s.patterns.order {
		if glob.Match(pattern, channel) {
			receivers += s.deliver(s.patterns.conns[pattern], "pmessage", pattern, channel, message)
		}
	}
	return receivers
}

func (s *Server) spublish(channel, message string) int {
	return s.deliver(s.shards.conns[channel], "smessage", channel, message)
}

func (s *Server) deliver(to []*conn, words ...string) int {
	for _, c := range to {
		c.push(words...)
	}
	return len(to)
}

// push writes an out-of-band message. A client that does not read is cut off
// when more than its share is unread, as in Redis: others are not delayed.
func (c *conn) push(words ...string) {
	if c.over {
		return
	}
	c.out.Push(len(words))
	for _, word := range words {
		c.out.Bulk(word)
	}
	c.touch()
	c.checkOutput()
}

// checkOutput ends a subscriber that reads too slowly.
func (c *conn) checkOutput() {
	limit := c.s.settings.pubsubLimit()
	size := c.output()
	switch {
	case limit.hard > 0 && size > limit.hard:
	case limit.soft > 0 && size > limit.soft:
		now := c.s.clock.now()
		if c.slowOut.IsZero() {
			c.slowOut = now
		}
		if now.Sub(c.slowOut) < limit.during {
			return
		}
	default:
		c.slowOut = time.Time{}
		return
	}
	c.s.stats.slowDropped++
	c.kill()
}

func (x *call) listTopics(t *topics) {
	if len(x.args) > 3 {
		x.errMisused()
		return
	}
	var names []string
	for _, name := range t.order {
		if len(x.args) < 3 || glob.Match(x.args[2], name) {
			names = append(names, name)
		}
	}
	x.w.Bulks(names...)
}

func (x *call) countTopics(t *topics) {
	x.w.Array(2 * (len(x.args) - 2))
	for _, name := range x.args[2:] {
		x.w.Bulk(name)
		x.w.Int(int64(len(t.conns[name])))
	}
}
