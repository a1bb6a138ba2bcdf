package devenv

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// Notice is one line of progress.
type Notice struct {
	Level string // "ok", "warn", "fail" or "note"
	Text  string
}

// Options say how an Env talks to its user. The zero value is silent and
// cannot run the embedded backend.
type Options struct {
	// Notify receives progress, one call at a time.
	Notify func(Notice)
	// Command returns what the user types to run a target with flags; nil
	// means "mage TARGET FLAG…".
	Command func(target string, flags ...string) string
	// Serve returns the command line whose process calls Env.Serve: the
	// embedded backend starts it in the background. nil: no such backend.
	Serve func(context.Context) ([]string, error)
	// Metrics returns the command line whose process serves the metrics at
	// REDKIT_LISTEN, with the page /healthz, until it is asked to end: profile
	// monitoring starts it in the background. nil: no such profile.
	Metrics func(context.Context) ([]string, error)
	// Registry is a directory that lists the environments of this user, for
	// Environments and DownAll; "" for none. Up adds this one, Down takes it
	// out.
	Registry string
	// Flags are the flags of this command by name without dashes, as in
	// LoadOptions; Up records them. See RecordedFlags.
	Flags map[string]string
}

// An Env is the local environment of one project: the servers its settings
// describe. Its state is in Settings.Dir; any number of Envs and processes may
// work on the same one, changes are made by one at a time.
type Env struct {
	set  *Settings
	opts Options
	held atomic.Pointer[os.File] // the lock, while a command of this Env holds it
}

// New returns the environment that s describes. It touches nothing.
func New(s *Settings, o Options) *Env {
	if o.Notify == nil {
		o.Notify = func(Notice) {}
	}
	if o.Command == nil {
		o.Command = func(target string, flags ...string) string {
			return strings.Join(append([]string{"mage", target}, flags...), " ")
		}
	}
	return &Env{set: s, opts: o}
}

func (e *Env) run(target string, flags ...string) string { return e.opts.Command(target, flags...) }

func (e *Env) ok(format string, args ...any) {
	e.opts.Notify(Notice{"ok", fmt.Sprintf(format, args...)})
}

func (e *Env) note(format string, args ...any) {
	e.opts.Notify(Notice{"note", fmt.Sprintf(format, args...)})
}

func (e *Env) warn(format string, args ...any) {
	e.opts.Notify(Notice{"warn", fmt.Sprintf(format, args...)})
}

// begin starts the report of a command.
func (e *Env) begin(command string) *Report {
	return &Report{
		Schema: ReportSchema, Command: command, Project: e.set.Project,
		Services: []Service{}, Warnings: []Warning{}, begun: time.Now(),
	}
}
