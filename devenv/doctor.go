package devenv

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Level is how bad a finding is.
type Level string

// The levels. Skip means that a check could not be made here, and says why.
const (
	LevelOK   Level = "ok"
	LevelWarn Level = "warn"
	LevelFail Level = "FAIL"
	LevelSkip Level = "skip"
)

// A Finding is what one check of Doctor found.
type Finding struct {
	Check   string `json:"check"` // its name, as "port" or "overcommit"
	Level   Level  `json:"level"`
	Message string `json:"message"` // one sentence; holds no secret
	Fix     string `json:"fix,omitempty"`
}

// String is the finding in one line, for a person.
func (f Finding) String() string {
	text := fmt.Sprintf("%-4s  %s", f.Level, f.Message)
	if f.Fix != "" {
		text += "\n      fix: " + f.Fix
	}
	return text
}

// Worst returns the worst level among findings: FAIL, then warn, then ok.
func Worst(findings []Finding) Level {
	worst := LevelOK
	for _, f := range findings {
		switch {
		case f.Level == LevelFail:
			return LevelFail
		case f.Level == LevelWarn:
			worst = LevelWarn
		}
	}
	return worst
}

// DoctorOptions say where Doctor looks. The zero value looks at this machine.
type DoctorOptions struct {
	// Root is the directory that holds proc and sys. "": "/".
	Root string
	// FreeDisk tells how many bytes are free where a path is. nil: the file
	// system's own count.
	FreeDisk func(path string) (uint64, error)
	// Now tells the time, for certificates and clocks. nil: time.Now.
	Now func() time.Time
	// Fix mends what can be mended without losing data or asking for more
	// rights: the configuration of servers that this environment started, the
	// modes of files with secrets, the binding of a queue whose messages wait,
	// a damaged append-only file, of which a copy is kept,
	// and what an earlier run has left behind.
	Fix bool
}

// Doctor looks for what keeps the environment from working, or will: the
// settings, the backend, ports and their owners, the servers' answers and
// configuration, the machine, and what was left behind. It changes nothing but
// what Fix says: then a finding tells of each mend, before those of a second
// look. The findings stand in the order of the checks; ctx bounds them all.
func (e *Env) Doctor(ctx context.Context, o DoctorOptions) []Finding {
	if o.Root == "" {
		o.Root = "/"
	}
	if o.FreeDisk == nil {
		o.FreeDisk = freeDisk
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	x := e.examine(ctx, o)
	if !o.Fix || len(x.mends) == 0 {
		return x.findings
	}
	return append(e.mend(ctx, x.mends), e.examine(ctx, o).findings...)
}

func (e *Env) examine(ctx context.Context, o DoctorOptions) *examination {
	x := &examination{env: e, set: e.set, o: o, state: readState(e.set.Dir)}
	defer x.close()
	x.settings()
	x.secretFiles()
	x.tlsFiles(ctx)
	x.backendCheck(ctx)
	x.askServers(ctx)
	x.ports()
	x.answers(ctx)
	x.certificates(ctx)
	x.data(ctx)
	x.topology(ctx)
	x.configuration(ctx)
	x.health(ctx)
	x.applicationURLs()
	x.queues(ctx)
	x.companions(ctx)
	x.machine()
	x.leftovers(ctx)
	return x
}

// An examination is one run of Doctor.
type examination struct {
	env      *Env
	set      *Settings
	o        DoctorOptions
	state    *state  // nil: nothing is recorded
	backend  Backend // recorded, else chosen; "" when none can serve
	patients []patient
	findings []Finding
	mends    []mend
}

// A patient is one server with what it answered.
type patient struct {
	Instance
	service Service
	client  redis.UniversalClient // nil when it cannot be opened
	info    info                  // nil when it does not answer
}

func (x *examination) add(level Level, check, fix, format string, args ...any) {
	x.findings = append(x.findings, Finding{check, level, fmt.Sprintf(format, args...), fix})
}

func (x *examination) ok(check, format string, args ...any) {
	x.add(LevelOK, check, "", format, args...)
}

func (x *examination) skip(check, format string, args ...any) {
	x.add(LevelSkip, check, "", format, args...)
}

// failure adds what an error of this package already words.
func (x *examination) failure(level Level, check string, err error) {
	f := AsFailure(err)
	x.add(level, check, strings.Join(f.Fixes, " · "), "%s", f.Message)
}

func (x *examination) close() {
	for _, p := range x.patients {
		if p.client != nil {
			_ = p.client.Close() // it was only read from
		}
	}
}

// perServer bounds one question to one server.
const perServer = 2 * time.Second
