package devenv

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// service describes an instance by what its server says of itself.
func (e *Env) service(i Instance, f info, ping time.Duration) Service {
	return Service{
		Name: i.Name, Group: i.Group, State: "ready", Ready: true, Ours: true, Addr: i.where(), URL: i.URL.String(),
		Version: f.version(), RunID: f["run_id"], PID: int(f.number("process_id")),
		UptimeS: f.number("uptime_in_seconds"), Role: f.role(),
		MaxMemory: f.number("maxmemory"), Policy: f["maxmemory_policy"], UsedMemory: f.number("used_memory"),
		AOF: f["aof_enabled"] == "1", Keys: f.keys(), Clients: f.number("connected_clients"),
		OpsPerSec: f.decimal("instantaneous_ops_per_sec"),
		PingMS:    float64(ping.Microseconds()) / 1000,
	}
}

// identified completes what is recorded of a server by its own words.
func (s server) identified(i Instance, f info) server {
	s.Name, s.Addr, s.RunID = i.Name, i.where(), f["run_id"]
	return s
}

func (f info) number(field string) int64 {
	n, _ := strconv.ParseInt(f[field], 10, 64)
	return n
}

func (f info) decimal(field string) float64 {
	n, _ := strconv.ParseFloat(f[field], 64)
	return n
}

// role is master, replica or sentinel.
func (f info) role() string {
	switch {
	case f["redis_mode"] == "sentinel":
		return "sentinel"
	case f["role"] == "slave":
		return "replica"
	}
	return f["role"]
}

// version names the product only when it is not Redis.
func (f info) version() string {
	if f["redis_build_id"] == "redkit-fake" {
		return "fake " + f["redis_version"]
	}
	if v := f["valkey_version"]; v != "" {
		return "valkey " + v
	}
	return f["redis_version"]
}

// keys adds up the databases: "db0:keys=3,expires=1,avg_ttl=0".
func (f info) keys() int64 {
	var total int64
	for name, value := range f {
		n, rest := strings.TrimPrefix(name, "db"), strings.TrimPrefix(value, "keys=")
		if _, err := strconv.Atoi(n); err != nil || rest == value {
			continue
		}
		count, _, _ := strings.Cut(rest, ",")
		k, _ := strconv.ParseInt(count, 10, 64)
		total += k
	}
	return total
}

// line is the one-line summary that up prints.
func (s Service) line() string {
	words := []string{fmt.Sprintf("%-6s %s", s.Name, s.Addr), " " + s.Version}
	if s.Group != "" {
		words = append(words, " "+s.Role)
	}
	if s.Policy != "" {
		limit := "no memory limit"
		if s.MaxMemory > 0 {
			limit = FormatBytes(s.MaxMemory)
		}
		words = append(words, " "+s.Policy+" "+limit)
	}
	if s.AOF {
		words = append(words, " AOF")
	}
	return strings.Join(append(words, fmt.Sprintf(" PONG in %.1f ms", s.PingMS)), " ")
}

// FormatBytes writes a number of bytes for a reader: "128 MB" (of 1024 KB).
func FormatBytes(n int64) string {
	value, units := float64(n), []string{"B", "KB", "MB", "GB", "TB"}
	for len(units) > 1 && value >= 1024 {
		value, units = value/1024, units[1:]
	}
	return strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0") + " " + units[0]
}
