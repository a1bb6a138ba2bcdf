package devenv

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// freshLines tells which lines of a server's log are new enough, and when each
// was written. A line without a time belongs to the one before it.
type freshLines struct {
	since time.Time
	at    time.Time // of the last line; zero when none has told
}

// logTime is how Redis and Valkey write the time, in the machine's zone.
const logTime = "02 Jan 2006 15:04:05.000"

func (f *freshLines) has(line string) bool {
	if _, rest, ok := strings.Cut(line, " "); ok && len(rest) >= len(logTime) {
		if at, err := time.ParseInLocation(logTime, rest[:len(logTime)], time.Local); err == nil {
			f.at = at
		}
	}
	return f.since.IsZero() || f.at.IsZero() || !f.at.Before(f.since)
}

// A lineWriter writes whole lines of several sources, each after its name.
type lineWriter struct {
	mu          sync.Mutex
	w           io.Writer
	stamp, json bool
}

func (o LogOptions) lineWriter(w io.Writer) *lineWriter {
	return &lineWriter{w: w, stamp: o.Timestamps, json: o.JSON}
}

// A logLine is one line as JSON.
type logLine struct {
	Service string    `json:"service"`
	At      time.Time `json:"at,omitzero"`
	Line    string    `json:"line"`
}

// stampForm is RFC 3339 to the millisecond.
const stampForm = "2006-01-02T15:04:05.000Z07:00"

func (l *lineWriter) line(name string, at time.Time, text string) {
	text = strings.TrimRight(text, "\r\n")
	if l.json {
		object, err := json.Marshal(logLine{Service: name, At: at.UTC(), Line: text})
		if err != nil {
			object = []byte("{}") // text and times can be marshalled
		}
		text = string(object)
	} else {
		if l.stamp {
			when := "-"
			if !at.IsZero() {
				when = at.UTC().Format(stampForm)
			}
			text = when + " " + text
		}
		text = fmt.Sprintf("%-6s | %s", name, text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, text)
}
