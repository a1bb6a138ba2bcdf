package fake

import (
	"math"
	"strings"
	"time"
)

func streamReadCommands() map[string]handler {
	return map[string]handler{"xread": func(x *call) { x.xread(false) }, "xreadgroup": func(x *call) { x.xread(true) }}
}

// streamRead is what XREAD and XREADGROUP are asked for.
type streamRead struct {
	grouped, named  bool // XREADGROUP, with its GROUP
	group, consumer string
	count           int
	block           time.Duration
	blocks, noAck   bool
	keys            []string
	after           []streamID // read what is behind
	fresh           []bool     // ">": what the group has not seen
	lastOne         []bool     // "+": the last entry
}

func (x *call) xread(grouped bool) {
	q, ok := x.readStreamRead(grouped)
	if !ok {
		return
	}
	done, ok := x.tryRead(q)
	if done || !ok {
		return
	}
	if !q.blocks {
		x.w.NullArray()
		return
	}
	x.block(q.keys, q.block, func(string) bool {
		done, ok := x.tryRead(q)
		return done || !ok
	}, x.w.NullArray)
}

func (x *call) readStreamRead(grouped bool) (q streamRead, ok bool) {
	q.grouped = grouped
	i := 1
	for ; i < len(x.args); i++ {
		more := len(x.args) - i - 1
		switch option := strings.ToLower(x.args[i]); {
		case option == "block" && more > 0:
			if x.script != nil {
				x.err("ERR " + x.args[0] + " command is not allowed with BLOCK option from scripts")
				return q, false
			}
			ms, ok := x.milliseconds(i + 1)
			if !ok {
				return q, false
			}
			if ms > math.MaxInt64/int64(time.Millisecond) {
				ms = 0 // longer than a test can wait
			}
			q.block, q.blocks = time.Duration(ms)*time.Millisecond, true
			i++
		case option == "count" && more > 0:
			n, ok := x.integer(i + 1)
			if !ok {
				return q, false
			}
			q.count = max(n, 0)
			i++
		case (option == "group" && more > 1 || option == "noack") && !grouped:
			x.err("ERR The " + strings.ToUpper(option) + " option is only supported by XREADGROUP. You called XREAD instead.")
			return q, false
		case option == "group" && more > 1:
			q.group, q.consumer, q.named = x.args[i+1], x.args[i+2], true
			i += 2
		case option == "noack":
			q.noAck = true
		case option == "streams" && more > 0:
			return x.readStreamKeys(q, x.args[i+1:])
		default:
			x.err(errSyntax)
			return q, false
		}
	}
	x.err(errSyntax)
	return q, false
}

func (x *call) readStreamKeys(q streamRead, rest []string) (streamRead, bool) {
	if len(rest)%2 != 0 {
		text := "ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified."
		if q.grouped {
			text = "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified."
		}
		x.err(text)
		return q, false
	}
	if q.grouped && !q.named {
		x.err("ERR Missing GROUP option for XREADGROUP")
		return q, false
	}
	n := len(rest) / 2
	q.keys = rest[:n]
	q.after, q.fresh, q.lastOne = make([]streamID, n), make([]bool, n), make([]bool, n)
	for i, text := range rest[n:] {
		s, ok := x.stream(q.keys[i])
		if !ok {
			return q, false
		}
		if q.grouped && (s == nil || s.groups[q.group] == nil) {
			x.err("NOGROUP No such key '" + q.keys[i] + "' or consumer group '" + q.group + "' in XREADGROUP with GROUP option")
			return q, false
		}
		switch {
		case text == "$" && !q.grouped:
			if s != nil {
				q.after[i] = s.last
			}
		case text == "+" && !q.grouped:
			q.lastOne[i] = true
			if s != nil && len(s.entries) == 0 {
				q.after[i] = s.last
			}
		case text == ">" && q.grouped:
			q.fresh[i] = true
		case text == "$":
			x.err("ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.")
			return q, false
		case text == ">":
			x.err("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.")
			return q, false
		default:
			if q.after[i], ok = readStreamID(text, 0); !ok {
				x.err(errStreamID)
				return q, false
			}
		}
	}
	return q, true
}

// streamResult is what one stream gives.
type streamResult struct {
	key     string
	entries []streamEntry
}

// tryRead answers if there is something to read; ok is false after an error.
func (x *call) tryRead(q streamRead) (done, ok bool) {
	var results []streamResult
	for i, key := range q.keys {
		s, isStream := x.data().stream(key)
		switch {
		case !isStream:
			x.err(errWrongType)
			return false, false
		case q.grouped && (s == nil || s.groups[q.group] == nil):
			x.err("NOGROUP No such key '" + key + "' or consumer group '" + q.group + "' in XREADGROUP with GROUP option")
			return false, false
		case q.grouped:
			if entries, give := x.readGroup(s, key, q, i); give {
				results = append(results, streamResult{key, entries})
			}
		case s == nil:
		case q.lastOne[i] && len(s.entries) > 0:
			results = append(results, streamResult{key, s.entries[len(s.entries)-1:]})
		default:
			if from, more := q.after[i].next(); more {
				if entries := clipEntries(s.between(from, maxStreamID), q.count); len(entries) > 0 {
					results = append(results, streamResult{key, entries})
				}
			}
		}
	}
	if len(results) == 0 {
		return false, true
	}
	x.writeResults(results)
	return true, true
}

func clipEntries(entries []streamEntry, count int) []streamEntry {
	if count > 0 {
		return entries[:min(count, len(entries))]
	}
	return entries
}

func (x *call) writeResults(results []streamResult) {
	if x.w.RESP3 {
		x.w.Map(len(results))
	} else {
		x.w.Array(len(results))
	}
	for _, r := range results {
		if !x.w.RESP3 {
			x.w.Array(2)
		}
		x.w.Bulk(r.key)
		x.w.Array(len(r.entries))
		for _, e := range r.entries {
			if e.fields == nil { // deleted since it was delivered
				x.w.Array(2)
				x.w.Bulk(e.id.String())
				x.w.NullArray()
				continue
			}
			x.writeStreamEntry(e)
		}
	}
}

// readGroup delivers new entries to a consumer, or its own history.
func (x *call) readGroup(s *streamValue, key string, q streamRead, i int) (entries []streamEntry, give bool) {
	g, now := s.groups[q.group], x.s.expiry.now
	c, isNew := g.consumer(q.consumer, now)
	if isNew {
		x.s.notify('t', "xgroup-createconsumer", dbKey{*x.db, key})
	}
	if !q.fresh[i] {
		from, _ := q.after[i].next()
		for _, p := range g.sortedPending(from, maxStreamID) {
			if p.consumer != c || q.count > 0 && len(entries) == q.count {
				continue
			}
			e, ok := s.get(p.id)
			if !ok {
				e = streamEntry{id: p.id}
			}
			entries = append(entries, e)
		}
		return entries, true
	}
	from, more := g.last.next()
	if !more {
		return nil, false
	}
	entries = clipEntries(s.between(from, maxStreamID), q.count)
	for _, e := range entries {
		g.deliver(s, e.id)
		if !q.noAck {
			g.pending[e.id] = &pendingEntry{id: e.id, consumer: c, delivered: now, count: 1}
		}
	}
	if len(entries) > 0 {
		c.active = now
		x.data().slotChanged(key, s)
	}
	return entries, len(entries) > 0
}
