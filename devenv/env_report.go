package devenv

import (
	"time"
)

// ReportSchema names the form of a Report as JSON.
const ReportSchema = "redkit/v1"

// A Report is the result of a command. As JSON it is the same for each of
// them, and holds no secret.
type Report struct {
	Schema    string    `json:"schema"`
	Command   string    `json:"command"`
	OK        bool      `json:"ok"`
	Backend   Backend   `json:"backend,omitempty"`
	Reason    string    `json:"reason,omitempty"` // of the choice of backend
	Project   string    `json:"project"`
	ElapsedMS int64     `json:"elapsed_ms"`
	Already   bool      `json:"already,omitempty"` // up: it was running before
	Services  []Service `json:"services"`
	// Companions are what shows the servers, in profile monitoring.
	Companions []Companion `json:"companions,omitempty"`
	// Groups tells by name how the topologies are as a whole: "" when in order.
	Groups   map[string]string `json:"groups,omitempty"`
	Warnings []Warning         `json:"warnings"`
	Error    *Failure          `json:"error"`

	begun time.Time
}

// A Service is one server of the environment as a command found it.
type Service struct {
	Name  string `json:"name"`
	Group string `json:"group,omitempty"` // cluster or sentinel, when it is a part of one
	State string `json:"state"`           // ready, loading, running, stopped, exited, …: see Detail
	Ready bool   `json:"ready"`           // it answers PING and is the server that was started
	Ours  bool   `json:"ours"`
	Addr  string `json:"addr"`
	URL   string `json:"url"` // redacted

	Version    string  `json:"version,omitempty"`
	RunID      string  `json:"run_id,omitempty"`
	PID        int     `json:"pid,omitempty"`
	Container  string  `json:"container,omitempty"`
	UptimeS    int64   `json:"uptime_s"`
	Role       string  `json:"role,omitempty"`
	MaxMemory  int64   `json:"maxmemory"` // bytes; 0: no limit
	Policy     string  `json:"policy,omitempty"`
	UsedMemory int64   `json:"used_memory"`
	AOF        bool    `json:"aof"`
	Keys       int64   `json:"keys"`
	Clients    int64   `json:"clients"`
	OpsPerSec  float64 `json:"ops_per_sec"`
	PingMS     float64 `json:"ping_ms"`
	Detail     string  `json:"detail,omitempty"` // why it is not ready
}

// A Warning is something the user should know that is not an error.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// end completes the report with the outcome and returns both.
func (r *Report) end(err error) (*Report, error) {
	r.ElapsedMS = time.Since(r.begun).Milliseconds()
	r.OK = err == nil
	if err != nil {
		r.Error = AsFailure(err)
		if r.Error.Fixes == nil {
			r.Error.Fixes = []string{}
		}
		return r, r.Error
	}
	return r, nil
}

// FailedReport is the report of a command that ended with err before it could
// find out anything, as one whose settings are wrong.
func FailedReport(command, project string, err error) *Report {
	r := &Report{Schema: ReportSchema, Command: command, Project: project, Services: []Service{}, Warnings: []Warning{}, begun: time.Now()}
	r, _ = r.end(err)
	return r
}

// Elapsed is how long the command took.
func (r *Report) Elapsed() time.Duration { return time.Duration(r.ElapsedMS) * time.Millisecond }
