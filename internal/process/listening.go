package process

import (
	"fmt"
	"time"
)

// A Listener is the process behind a listening TCP port, as far as this user
// may know it. The zero value says nothing.
type Listener struct {
	PID   int
	Name  string
	User  string // its owner, when the process itself is hidden from us
	Since time.Time
	Log   string // the file its stdout goes to, if any; see Logging
}

// String describes it for an error: "redis-server (pid 1234, started 3 days ago)".
func (l Listener) String() string {
	switch {
	case l.PID == 0 && l.User != "":
		return fmt.Sprintf("a process of user %s that this user cannot see", l.User)
	case l.PID == 0:
		return "an unknown process"
	case l.Since.IsZero():
		return fmt.Sprintf("%s (pid %d)", l.Name, l.PID)
	}
	return fmt.Sprintf("%s (pid %d, started %s)", l.Name, l.PID, ago(time.Since(l.Since)))
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
