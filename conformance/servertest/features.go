package servertest

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Disposable claims that the whole server is the run's own: its settings, its
// users, its scripts and its data may be changed and lost.
const Disposable = capability("server.disposable")

// LimitsMemory claims that memory can be limited, and that a full server
// evicts or refuses.
const LimitsMemory = capability("server.maxmemory")

// Capabilities that are found by asking the server.
const (
	since62   = capability("server.6.2")
	since70   = capability("server.7.0")
	since72   = capability("server.7.2")
	json      = capability("server.lua.cjson")
	settings  = capability("server.config")
	persists  = capability("server.persistence")
	users     = capability("server.acl")
	inspects  = capability("server.inspection")
	databases = capability("server.databases")
)

func features() []feature {
	return []feature{
		{Name: Disposable, Says: "the whole server is the run's own: its settings, users and scripts may be changed"},
		{Name: since62, Says: "the server has the commands of Redis 6.2", Has: knows("smismember")},
		{Name: since70, Says: "the server has the commands of Redis 7.0", Has: knows("expiretime")},
		{Name: since72, Says: "the server has the commands of Redis 7.2", Has: knows("client|setinfo")},
		{Name: json, Says: "scripts have cjson: not those of every distribution's build of Redis 6.0",
			Has: answers("EVAL", "return cjson.encode({1})", "0")},
		{Name: settings, Says: "CONFIG GET answers: managed servers refuse it", Has: answers("CONFIG", "GET", "maxmemory")},
		{Name: LimitsMemory, Says: "memory can be limited, and a full server evicts or refuses"},
		{Name: persists, Says: "the data are written to disk", Has: answers("LASTSAVE")},
		{Name: users, Says: "there are users with rights", Has: answers("ACL", "WHOAMI")},
		{Name: inspects, Says: "CLIENT LIST, SLOWLOG and MEMORY USAGE answer", Has: answers("CLIENT", "LIST")},
		{Name: databases, Says: "there is more than database 0", Has: answers("SELECT", "1")},
	}
}

// answers finds a capability by a command that succeeds.
func answers(args ...string) func(Server) bool {
	return func(srv Server) bool {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := ask(ctx, srv, args...)
		return err == nil
	}
}

// knows finds a capability by a command that the server lists. COMMAND INFO
// answers nil for what it does not know; of subcommands it knows since 7.0.
func knows(command string) func(Server) bool {
	return func(srv Server) bool {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		v, err := ask(ctx, srv, "COMMAND", "INFO", command)
		list, is := v.([]any)
		return err == nil && is && len(list) == 1 && list[0] != nil
	}
}

// field is one line of INFO.
func field(info, name string) (string, bool) {
	for line := range strings.Lines(info) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// number is a field of INFO that is a number.
func number(info, name string) (int64, bool) {
	text, ok := field(info, name)
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil
}
