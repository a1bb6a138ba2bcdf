package fake

import (
	_ "embed" // the settings
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/glob"
)

// settingsText has a setting a line: name, kind and default.
//
//go:embed settings.txt
var settingsText string

// setting is what CONFIG knows of one name.
type setting struct {
	kind    string // bool, int, memory, enum, text, buffers, events, fixed, refused
	args    []string
	initial string
}

var settingTable = sync.OnceValue(func() map[string]setting {
	table := map[string]setting{}
	for line := range strings.Lines(settingsText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		kind := strings.Split(f[1], " ")
		table[f[0]] = setting{kind: kind[0], args: kind[1:], initial: f[2]}
	}
	return table
})

// settings are the values of CONFIG.
type settings struct {
	values map[string]string // only those that differ from the table
	events string            // of notify-keyspace-events
	pubsub outputLimit
}

// outputLimit is what client-output-buffer-limit says of one class.
type outputLimit struct {
	hard, soft int
	during     time.Duration
}

func (s *settings) init(cfg Config) {
	s.values = map[string]string{"databases": strconv.Itoa(cfg.Databases), "requirepass": cfg.Password}
	s.pubsub = outputLimit{32 << 20, 8 << 20, time.Minute}
}

func (s *settings) get(name string) string {
	if v, ok := s.values[name]; ok {
		return v
	}
	return settingTable()[name].initial
}

func (s *settings) number(name string) int {
	n, _ := strconv.Atoi(s.get(name))
	return n
}

func (s *settings) pubsubLimit() outputLimit { return s.pubsub }

// aliases are settings with two names and one value.
var aliases = map[string]string{
	"lua-time-limit": "busy-reply-threshold", "hash-max-ziplist-entries": "hash-max-listpack-entries",
	"hash-max-ziplist-value": "hash-max-listpack-value", "list-max-ziplist-size": "list-max-listpack-size",
	"zset-max-ziplist-entries": "zset-max-listpack-entries", "zset-max-ziplist-value": "zset-max-listpack-value",
}

// check returns the value as it is kept, or why it is not allowed.
func (t setting) check(value string) (kept, why string) {
	switch t.kind {
	case "fixed":
		return "", "can't set immutable config"
	case "bool":
		if v := strings.ToLower(value); v == "yes" || v == "no" {
			return v, ""
		}
		return "", "argument must be 'yes' or 'no'"
	case "int":
		return t.checkInt(value)
	case "memory":
		if n, ok := readMemory(value); ok {
			return strconv.FormatInt(n, 10), ""
		}
		return "", "argument must be a memory value"
	case "enum":
		if v := strings.ToLower(value); slices.Contains(t.args, v) {
			return v, ""
		}
		return "", "argument(s) must be one of the following: " + strings.Join(t.args, ", ")
	case "events":
		if _, ok := readEvents(value); !ok {
			return "", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
		}
	case "buffers":
		return value, checkBuffers(value)
	}
	return value, ""
}

func (t setting) checkInt(value string) (kept, why string) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return "", "argument couldn't be parsed into an integer"
	}
	low, _ := strconv.ParseInt(t.args[0], 10, 64)
	high := int64(math.MaxInt64)
	if len(t.args) > 1 {
		high, _ = strconv.ParseInt(t.args[1], 10, 64)
	}
	if n < low || n > high {
		return "", fmt.Sprintf("argument must be between %d and %d inclusive", low, high)
	}
	return strconv.FormatInt(n, 10), ""
}

// readMemory reads a number of bytes with an optional unit.
func readMemory(s string) (int64, bool) {
	s = strings.ToLower(s)
	digits := strings.TrimRight(s, "bkmg")
	unit, ok := map[string]int64{
		"": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1000_000, "mb": 1 << 20, "g": 1000_000_000, "gb": 1 << 30,
	}[s[len(digits):]]
	n, err := strconv.ParseInt(digits, 10, 64)
	return n * unit, ok && err == nil && n >= 0
}

func checkBuffers(value string) (why string) {
	f := strings.Fields(value)
	if len(f) == 0 || len(f)%4 != 0 {
		return "Wrong number of arguments in buffer limit configuration."
	}
	for class := range slices.Chunk(f, 4) {
		if !slices.Contains([]string{"normal", "slave", "replica", "pubsub"}, class[0]) {
			return "Invalid client class specified in buffer limit configuration."
		}
		for i, n := range class[1:] {
			if _, ok := readMemory(n); !ok || i == 2 && !isDigits(n) {
				return "Error in hard, soft or soft_seconds setting in buffer limit configuration."
			}
		}
	}
	return ""
}

func isDigits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}

// put keeps a checked value and lets it take effect.
func (s *Server) put(name, value string) {
	set := &s.settings
	switch name {
	case "notify-keyspace-events":
		set.events, _ = readEvents(value)
		value = showEvents(set.events)
	case "client-output-buffer-limit":
		value = set.putBuffers(value)
	case "requirepass":
		s.users.setDefaultPassword(value)
	}
	set.values[name] = value
	for a, b := range aliases {
		if name == a {
			set.values[b] = value
		} else if name == b {
			set.values[a] = value
		}
	}
}

// putBuffers changes the classes named and returns the limits of all.
func (s *settings) putBuffers(value string) string {
	classes := map[string][]string{}
	for _, text := range []string{s.get("client-output-buffer-limit"), value} {
		for c := range slices.Chunk(strings.Fields(text), 4) {
			if c[0] == "replica" {
				c[0] = "slave"
			}
			classes[c[0]] = c[1:]
		}
	}
	var parts []string
	for _, class := range []string{"normal", "slave", "pubsub"} {
		hard, _ := readMemory(classes[class][0])
		soft, _ := readMemory(classes[class][1])
		seconds, _ := strconv.Atoi(classes[class][2])
		if class == "pubsub" {
			s.pubsub = outputLimit{int(hard), int(soft), time.Duration(seconds) * time.Second}
		}
		parts = append(parts, fmt.Sprintf("%s %d %d %d", class, hard, soft, seconds))
	}
	return strings.Join(parts, " ")
}

func configCommands() map[string]handler {
	return map[string]handler{
		"config|get": (*call).configGet, "config|set": (*call).configSet,
		"config|resetstat": func(x *call) { x.s.stats.reset(); x.w.OK() },
		"config|rewrite":   func(x *call) { x.err("ERR The server is running without a config file") },
	}
}

func (x *call) configGet() {
	var names []string
	for name := range settingTable() {
		for _, pattern := range x.args[2:] {
			if glob.Match(strings.ToLower(pattern), name) {
				names = append(names, name)
				break
			}
		}
	}
	slices.Sort(names)
	x.w.Map(len(names))
	for _, name := range names {
		x.w.Bulk(name)
		x.w.Bulk(x.s.settings.get(name))
	}
}

func (x *call) configSet() {
	pairs := x.args[2:]
	if len(pairs)%2 != 0 {
		x.err(errSyntax)
		return
	}
	kept := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		name := strings.ToLower(pair[0])
		t, ok := settingTable()[name]
		if !ok {
			x.err("ERR Unknown option or number of arguments for CONFIG SET - '" + pair[0] + "'")
			return
		}
		if t.kind == "refused" && pair[1] != t.args[0] {
			x.errUnable(name)
			return
		}
		if _, twice := kept[name]; twice {
			x.err("ERR CONFIG SET failed (possibly related to argument '" + pair[0] + "') - duplicate parameter")
			return
		}
		kept[name] = pair[1]
	}
	for pair := range slices.Chunk(pairs, 2) {
		name := strings.ToLower(pair[0])
		value, why := settingTable()[name].check(pair[1])
		if why != "" {
			x.err("ERR CONFIG SET failed (possibly related to argument '" + pair[0] + "') - " + why)
			return
		}
		kept[name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		x.s.put(name, kept[name])
	}
	x.w.OK()
}
