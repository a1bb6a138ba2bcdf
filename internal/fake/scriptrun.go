package fake

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// script is one run of a script. It is the context of the interpreter, which
// asks for Done before every instruction: there an endless script lets the
// other clients in, as Redis does, and there it is ended.
type script struct {
	x        *call
	body     *body
	readOnly bool
	db       int
	out      resp.Writer // replies of the commands it calls
	wrote    bool
	steps    int
	start    time.Time
	killed   string // the error it is ended with
	ended    chan struct{}
}

const (
	stepsPerCheck = 1 << 10
	// stepLimit stands in for the time limit where time stands still while
	// goroutines run, as it does in a bubble.
	stepLimit = 100_000_000
)

func (x *call) runScript(b *body, keys, argv []string, readOnly bool) {
	s := x.s
	if s.scripts.lua == nil {
		s.scripts.lua = newInterpreter()
	}
	r := &script{x: x, body: b, readOnly: readOnly || b.readOnly, db: *x.db, start: time.Now()}
	if why := s.scripts.lua.run(r, keys, argv); why != "" {
		x.err(why)
	}
	if s.scripts.running == r {
		s.scripts.running = nil
	}
	if r.wrote {
		s.stats.changes++
	}
}

// Done counts an instruction. The channel it returns is closed once the
// script is to end.
func (r *script) Done() <-chan struct{} {
	if r.steps++; r.steps%stepsPerCheck == 0 {
		r.check()
	}
	return r.ended
}

// check runs every so many instructions.
func (r *script) check() {
	s := r.x.s
	if s.scripts.closing.Load() {
		r.kill("ERR the fake is being closed")
		return
	}
	if s.scripts.running == nil {
		limit := time.Duration(s.settings.number("busy-reply-threshold")) * time.Millisecond
		if limit == 0 || time.Since(r.start) < limit && r.steps < stepLimit {
			return
		}
		s.scripts.running = r
		s.standIn()
	}
	s.release()
	runtime.Gosched()
	s.mu.Lock()
}

// kill ends the script with an error at its next instruction.
func (r *script) kill(why string) {
	if r.killed == "" {
		r.killed = why
		r.ended = make(chan struct{})
		close(r.ended)
	}
}

// Err is the error of a script that is to end.
func (r *script) Err() error { return fmt.Errorf("%s", r.killed) }

// Deadline and Value make script a context.Context.
func (r *script) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value returns nil.
func (r *script) Value(any) any { return nil }

var _ context.Context = (*script)(nil)

// call runs a command for the script and returns its reply.
func (r *script) call(args []string) resp.Value {
	s := r.x.s
	if why := r.refuses(args); why != "" {
		s.stats.countError(why)
		return resp.Value{Kind: resp.Error, Str: why}
	}
	cmd, _ := s.commands.find(args)
	r.out.Reset()
	r.wrote = r.wrote || cmd.write
	s.run(&call{s: s, c: r.x.c, cmd: cmd, args: args, w: &r.out, db: &r.db, inTx: r.x.inTx, script: r})
	v, err := resp.NewReader(strings.NewReader(string(r.out.Bytes())), resp.Limits{}).Value()
	if err != nil {
		return resp.Value{Kind: resp.Error, Str: "ERR the fake failed at " + args[0] + ": " + err.Error()}
	}
	return v
}

// refuses says why a script may not run a request.
func (r *script) refuses(args []string) string {
	cmd, _ := r.x.s.commands.find(args)
	switch {
	case cmd == nil:
		return "ERR Unknown Redis command called from script"
	case !cmd.accepts(len(args)):
		return "ERR Wrong number of args calling Redis command from script"
	case cmd.run == nil:
		return r.x.s.errMissing(cmd)
	case cmd.noScript:
		return errNotInScript
	case cmd.write && r.readOnly:
		return "ERR Write commands are not allowed from read-only scripts."
	}
	if why := r.x.c.user.refuses(cmd, args); why != "" {
		return "ERR ACL failure in script: " + strings.TrimPrefix(why, "NOPERM ")
	}
	return ""
}
