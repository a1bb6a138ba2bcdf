package fake

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// streamID is the ID of a stream entry.
type streamID struct{ ms, seq uint64 }

var maxStreamID = streamID{math.MaxUint64, math.MaxUint64}

func (a streamID) less(b streamID) bool {
	return a.ms < b.ms || a.ms == b.ms && a.seq < b.seq
}

func (a streamID) String() string {
	return strconv.FormatUint(a.ms, 10) + "-" + strconv.FormatUint(a.seq, 10)
}

// next is the ID after, and ok unless there is none.
func (a streamID) next() (streamID, bool) {
	switch {
	case a == maxStreamID:
		return a, false
	case a.seq == math.MaxUint64:
		return streamID{a.ms + 1, 0}, true
	default:
		return streamID{a.ms, a.seq + 1}, true
	}
}

// prev is the ID before, and ok unless there is none.
func (a streamID) prev() (streamID, bool) {
	switch {
	case a == streamID{}:
		return a, false
	case a.seq == 0:
		return streamID{a.ms - 1, math.MaxUint64}, true
	default:
		return streamID{a.ms, a.seq - 1}, true
	}
}

// readStreamID reads "ms-seq", or "ms" with the sequence given.
func readStreamID(s string, seq uint64) (id streamID, ok bool) {
	ms, rest, has := strings.Cut(s, "-")
	if id.ms, ok = unsigned(ms); !ok {
		return id, false
	}
	if id.seq = seq; has {
		id.seq, ok = unsigned(rest)
	}
	return id, ok
}

// unsigned reads a number as strtoull does: behind blanks and a plus.
func unsigned(s string) (uint64, bool) {
	s = strings.TrimPrefix(strings.TrimLeft(s, " \t\n\v\f\r"), "+")
	if len(s) > 1 && strings.Trim(s[1:], "0") == "" {
		s = strings.TrimPrefix(s, "-") // nothing else may be less than nothing
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

// streamEntry is one entry: fields and values in turn.
type streamEntry struct {
	id     streamID
	fields []string
}

// streamValue is a stream.
type streamValue struct {
	entries    []streamEntry // in order
	last       streamID      // the greatest ID there has been
	maxDeleted streamID
	added      int64 // entries there have been
	groups     map[string]*streamGroup
}

// streamGroup is a consumer group.
type streamGroup struct {
	last      streamID
	read      int64 // entries read, -1 if not known
	pending   map[streamID]*pendingEntry
	consumers map[string]*streamConsumer
}

type streamConsumer struct {
	name         string
	seen, active int64 // Unix milliseconds; active is 0 if never
}

type pendingEntry struct {
	id        streamID
	consumer  *streamConsumer
	delivered int64 // Unix milliseconds
	count     int64
}

func (s *streamValue) len() int { return 1 } // an empty stream is a key still

// find is the index of the first entry not before id.
func (s *streamValue) find(id streamID) int {
	return sort.Search(len(s.entries), func(i int) bool { return !s.entries[i].id.less(id) })
}

// get is the entry of that ID.
func (s *streamValue) get(id streamID) (streamEntry, bool) {
	if i := s.find(id); i < len(s.entries) && s.entries[i].id == id {
		return s.entries[i], true
	}
	return streamEntry{}, false
}

// between are the entries from first to last, both included.
func (s *streamValue) between(first, last streamID) []streamEntry {
	from := s.find(first)
	to := sort.Search(len(s.entries), func(i int) bool { return last.less(s.entries[i].id) })
	if from >= to {
		return nil
	}
	return s.entries[from:to]
}

func (s *streamValue) add(id streamID, fields []string) {
	s.entries = append(s.entries, streamEntry{id, fields})
	s.last = id
	s.added++
}

func (s *streamValue) remove(id streamID) bool {
	i := s.find(id)
	if i == len(s.entries) || s.entries[i].id != id {
		return false
	}
	s.entries = slices.Delete(s.entries, i, i+1)
	if s.maxDeleted.less(id) {
		s.maxDeleted = id
	}
	return true
}

// trim drops the first n entries.
func (s *streamValue) trim(n int) {
	if n > 0 {
		s.entries = slices.Clone(s.entries[n:])
	}
}

// first is the ID of the first entry, or of nothing.
func (s *streamValue) first() streamID {
	if len(s.entries) == 0 {
		return streamID{}
	}
	return s.entries[0].id
}

// holes reports whether an entry behind id has been deleted.
func (s *streamValue) holes(id streamID) bool {
	return len(s.entries) > 0 && s.maxDeleted != streamID{} && !s.maxDeleted.less(id)
}

// readUpTo counts the entries there have been up to id, or is -1 if
// deletions hide it.
func (s *streamValue) readUpTo(id streamID) int64 {
	n := int64(len(s.entries))
	switch {
	case s.added == 0:
		return 0
	case n == 0 && !s.last.less(id):
		return s.added
	case id != streamID{} && id.less(s.maxDeleted):
		return -1
	case id == s.last:
		return s.added
	case s.last.less(id):
		return -1
	case s.maxDeleted == streamID{} || s.maxDeleted.less(s.first()):
		if id.less(s.first()) {
			return s.added - n
		}
		if id == s.first() {
			return s.added - n + 1
		}
	}
	return -1
}

// lag is the number of entries the group has not been given, if it is known.
func (s *streamValue) lag(g *streamGroup) (n int64, known bool) {
	read := g.read
	if len(s.entries) == 0 {
		return 0, true
	}
	if first := s.first(); g.last.less(first) && s.maxDeleted.less(first) {
		return int64(len(s.entries)), true // whatever it is said to have read
	}
	if read < 0 || s.holes(g.last) {
		if read = s.readUpTo(g.last); read < 0 {
			return 0, false
		}
	}
	return s.added - read, true
}

// deliver moves the group on to an entry.
func (g *streamGroup) deliver(s *streamValue, id streamID) {
	if g.read >= 0 && !g.last.less(s.first()) && !s.holes(g.last) {
		g.read++
	} else {
		g.read = s.readUpTo(id)
	}
	g.last = id
}

// consumer returns a consumer of the group, making it if need be.
func (g *streamGroup) consumer(name string, now int64) (c *streamConsumer, isNew bool) {
	if c = g.consumers[name]; c == nil {
		c, isNew = &streamConsumer{name: name}, true
		g.consumers[name] = c
	}
	c.seen = now
	return c, isNew
}

// sortedPending are the pending entries from first to last, in order.
func (g *streamGroup) sortedPending(first, last streamID) []*pendingEntry {
	var all []*pendingEntry
	for id, p := range g.pending {
		if !id.less(first) && !last.less(id) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *pendingEntry) int {
		if a.id.less(b.id) {
			return -1
		}
		return 1
	})
	return all
}

func (s *streamValue) clone() *streamValue {
	c := *s
	c.entries = slices.Clone(s.entries)
	c.groups = map[string]*streamGroup{}
	for name, g := range s.groups {
		n := &streamGroup{last: g.last, read: g.read, pending: map[streamID]*pendingEntry{}, consumers: map[string]*streamConsumer{}}
		for cn, consumer := range g.consumers {
			copied := *consumer
			n.consumers[cn] = &copied
		}
		for id, p := range g.pending {
			copied := *p
			copied.consumer = n.consumers[p.consumer.name]
			n.pending[id] = &copied
		}
		c.groups[name] = n
	}
	return &c
}
