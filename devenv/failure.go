package devenv

import (
	"errors"
	"strings"
)

// The exit codes of the targets. Mage itself exits with 2 for a usage error.
const (
	ExitOther       = 1  // anything without a code of its own
	ExitUsage       = 2  // settings that cannot be used
	ExitNotReady    = 3  // not running, or not ready
	ExitPortTaken   = 4  // a stranger listens on a port
	ExitNoDocker    = 5  // no Docker engine answers
	ExitNoCompose   = 6  // Docker Compose is missing or unusable
	ExitData        = 7  // the server cannot read the data on its volume
	ExitAuth        = 8  // password, TLS or ACL
	ExitTimeout     = 9  // not ready in time
	ExitRefused     = 10 // needs -yes, or the server is not local
	ExitNoImage     = 11 // the image is not available
	ExitUnsupported = 12 // this backend cannot do that
)

// A Failure is an error that its reader can mend: it says what happened, shows
// the evidence and names the commands or settings that mend it.
type Failure struct {
	Code    string   `json:"code"`             // stable, for programs: "port_in_use"
	Exit    int      `json:"exit"`             // the exit code of the target
	Message string   `json:"message"`          // one sentence, without secrets
	Detail  string   `json:"detail,omitempty"` // the raw evidence, if any
	Fixes   []string `json:"fixes"`            // commands or settings, the best first
	Err     error    `json:"-"`                // the cause, for errors.Is
}

// Error gives all of it, one fix a line.
func (f *Failure) Error() string {
	var b strings.Builder
	b.WriteString(f.Message)
	if f.Detail != "" {
		b.WriteString("\n  evidence: " + strings.ReplaceAll(strings.TrimSpace(f.Detail), "\n", "\n    "))
	}
	for i, fix := range f.Fixes {
		label := "\n  to mend:  "
		if i > 0 {
			label = "\n  or:       "
		}
		b.WriteString(label + fix)
	}
	return b.String()
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// ExitStatus is the exit code; mage looks for this method.
func (f *Failure) ExitStatus() int { return f.Exit }

// AsFailure returns the Failure in err's chain, or wraps err in one: with the
// code "settings" for what Load returns, else "other". It returns nil for nil.
func AsFailure(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if errors.Is(err, ErrSettings) {
		return &Failure{Code: "settings", Exit: ExitUsage, Message: err.Error(), Fixes: []string{}, Err: err}
	}
	if strings.Contains(err.Error(), "NOPERM ") { // whoever asked, the server's answer says what is missing
		return failNoPermission(Instance{}, err)
	}
	return &Failure{Code: "other", Exit: ExitOther, Message: err.Error(), Fixes: []string{}, Err: err}
}

// brief is the message without fixes, for a list of reasons.
func brief(err error) string {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Message
	}
	return err.Error()
}
