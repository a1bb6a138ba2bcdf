package conformance

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Probe is what a check holds: it records failures, the calls that led to
// them, and reasons why nothing can be decided. It is safe for concurrent use,
// but Fatalf, Unproven and Advance belong on the check's own goroutine.
type Probe struct {
	*bench
	caps     *capabilities
	mu       sync.Mutex
	failures []Failure
	unproven string
	calls    []string
	helpers  map[uintptr]bool // program counters inside helpers
	waited   time.Duration
}

// A Failure is one thing a check found.
type Failure struct {
	Where string   `json:"where"`           // file:line of the check
	Text  string   `json:"text"`            // what was called, got and want
	Calls []string `json:"calls,omitempty"` // what led to it, oldest first
}

// keptCalls is how many calls a failure shows: enough to replay most checks.
const keptCalls = 12

// Call records that the check called the subject, for the failures to come.
func (p *Probe) Call(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, fmt.Sprintf(format, args...))
	if extra := len(p.calls) - keptCalls; extra > 0 {
		p.calls = slices.Delete(p.calls, 0, extra)
	}
}

// Helper marks the calling function as one whose lines do not locate failures.
func (p *Probe) Helper() {
	var pc [1]uintptr
	runtime.Callers(2, pc[:])
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.helpers == nil {
		p.helpers = map[uintptr]bool{}
	}
	p.helpers[pc[0]] = true // resolved to a name only when something fails
}

// Errorf records a failure: what was called, got and want. The check goes on.
func (p *Probe) Errorf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	helpers := map[string]bool{}
	for pc := range p.helpers {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		helpers[frame.Function] = true
	}
	frame := callers(3, func(f runtime.Frame) bool {
		return !helpers[f.Function] && !strings.HasPrefix(f.Function, enginePrefix)
	})
	file := frame.File[strings.LastIndexByte(frame.File, '/')+1:]
	p.failures = append(p.failures, Failure{
		Where: fmt.Sprintf("%s:%d", file, frame.Line),
		Text:  fmt.Sprintf(format, args...),
		Calls: slices.Clone(p.calls),
	})
}

// Fatalf is Errorf, then the check ends.
func (p *Probe) Fatalf(format string, args ...any) {
	p.Errorf(format, args...)
	runtime.Goexit()
}

// Failed reports whether the check has found anything yet.
func (p *Probe) Failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.failures) > 0
}

// Unproven ends the check: this run cannot decide the requirement. Failures
// found before stand.
func (p *Probe) Unproven(format string, args ...any) {
	p.mu.Lock()
	p.unproven = fmt.Sprintf(format, args...)
	p.mu.Unlock()
	runtime.Goexit()
}

// Has reports whether the subject has a capability, found or claimed.
func (p *Probe) Has(c Capability) bool { return p.caps.has[c] }

// Faults returns the means to break the way to the server, or ends the check
// as Unproven.
func (p *Probe) Faults() Faults {
	if p.equipment.Faults == nil {
		p.Unproven("no faults: give Equipment.Faults")
	}
	return p.equipment.Faults
}

// Trace returns what run makes the instance send, or ends the check as
// Unproven.
func (p *Probe) Trace(run func()) []Exchange {
	if p.equipment.Trace == nil {
		p.Unproven("no trace: give Equipment.Trace")
	}
	return p.equipment.Trace.Trace(run)
}

// Context ends when the requirement does, or when the watchdog gives up.
func (p *Probe) Context() context.Context { return p.ctx }

// enginePrefix is how the names of this package's functions begin.
var enginePrefix = func() string {
	name := callers(2, func(runtime.Frame) bool { return true }).Function
	slash := strings.LastIndexByte(name, '/') + 1
	return name[:slash+strings.IndexByte(name[slash:], '.')+1]
}()

// callers returns the first frame that keep accepts, or the outermost one.
func callers(skip int, keep func(runtime.Frame) bool) runtime.Frame {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skip, pcs[:])])
	for {
		frame, more := frames.Next()
		if keep(frame) || !more {
			return frame
		}
	}
}
