package devenv

import (
	"strconv"
	"strings"
	"time"
)

// A delta is what happened between two samples of one server.
type delta struct {
	before, now info // before is nil when now counts from the server's start
	elapsed     time.Duration
}

// change compares two samples. The counters of a server that was started
// again begin at zero, as they do when there is nothing to compare with.
func change(before, now Sample) delta {
	if before.Up() && before.Info["run_id"] == now.Info["run_id"] {
		return delta{before.info(), now.info(), now.At.Sub(before.At)}
	}
	return delta{nil, now.info(), max(time.Duration(now.info().number("uptime_in_seconds"))*time.Second, time.Second)}
}

// count is how much a counter grew. CONFIG RESETSTAT puts counters back to
// zero, from where they count again.
func (d delta) count(field string) int64 {
	return grown(d.before.number(field), d.now.number(field))
}

func grown(before, now int64) int64 {
	if now < before {
		return now
	}
	return now - before
}

func (d delta) perSecond(field string) float64 {
	if d.elapsed <= 0 {
		return 0
	}
	return float64(d.count(field)) / d.elapsed.Seconds()
}

func (d delta) perMinute(n int64) float64 {
	if d.elapsed <= 0 {
		return 0
	}
	return float64(n) / max(d.elapsed.Minutes(), 1.0/60)
}

// reads counts the lookups of keys.
func (d delta) reads() int64 { return d.count("keyspace_hits") + d.count("keyspace_misses") }

// hitPercent is nil when nothing was read.
func (d delta) hitPercent() *float64 {
	reads := d.reads()
	if reads == 0 {
		return nil
	}
	percent := 100 * float64(d.count("keyspace_hits")) / float64(reads)
	return &percent
}

// errors counts the replies of one error ("OOM"): "errorstat_OOM:count=3",
// which servers have since 6.2.
func (d delta) errors(code string) int64 {
	return grown(part(d.before["errorstat_"+code], "count"), part(d.now["errorstat_"+code], "count"))
}

// part reads a number of a field with parts: "keys=3,expires=1".
func part(value, name string) int64 {
	n, _ := strconv.ParseInt(word(value, name), 10, 64)
	return n
}

// word is a part of a field of INFO as it stands there, "" when it has none.
func word(value, name string) string {
	for field := range strings.SplitSeq(value, ",") {
		if text, ok := strings.CutPrefix(field, name+"="); ok {
			return text
		}
	}
	return ""
}
