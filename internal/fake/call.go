package fake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/internal/resp"
)

// call is one command being run: for a client, inside EXEC, or by a script.
// It lives under the server's lock.
type call struct {
	s      *Server
	c      *conn
	cmd    *command
	args   []string // args[0] is the name as sent
	w      *resp.Writer
	db     *int    // the selected database, of the connection or of the script
	inTx   bool    // run by EXEC
	script *script // run by this script; nil if not
}

// mustNotBlock reports whether a blocking command has to answer at once.
func (x *call) mustNotBlock() bool { return x.inTx || x.script != nil }

func (x *call) data() *database { return x.s.database(*x.db) }

// err writes an error reply; text starts with its code.
func (x *call) err(text string) { x.w.Error(text) }

// The errors many commands share, in Redis' words.
const (
	errSyntax      = "ERR syntax error"
	errWrongType   = "WRONGTYPE Operation against a key holding the wrong kind of value"
	errNotInteger  = "ERR value is not an integer or out of range"
	errNotFloat    = "ERR value is not a valid float"
	errOutOfRange  = "ERR value is out of range"
	errPositive    = "ERR value is out of range, must be positive"
	errNoSuchKey   = "ERR no such key"
	errIndexRange  = "ERR index out of range"
	errDBRange     = "ERR DB index is out of range"
	errOverflow    = "ERR increment or decrement would overflow"
	errNotInMulti  = "ERR Command not allowed inside a transaction"
	errNotInScript = "ERR This Redis command is not allowed from script"
	errExecAbort   = "EXECABORT Transaction discarded because of previous errors."
	errNoAuth      = "NOAUTH Authentication required."
	errTooLong     = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
)

func errArity(c *command) string {
	return "ERR wrong number of arguments for '" + c.name + "' command"
}

// errUnknown is the reply to a name that is no command of Redis.
func (s *Server) errUnknown(args []string) string {
	var b strings.Builder
	b.WriteString("ERR unknown command '")
	b.WriteString(clip(args[0], 128))
	b.WriteString("', with args beginning with: ")
	for _, a := range args[1:] {
		if b.Len() > 128+len(args[0]) {
			break
		}
		b.WriteString("'" + clip(a, 128) + "' ")
	}
	if ofModule(args[0]) {
		b.WriteString("(the fake has no modules: " + s.cfg.Hint + ", on a server that has them)")
	}
	return b.String()
}

// ofModule reports whether a command is of a module that Redis 8 or Redis
// Stack may have: to a server without it the command is unknown.
func ofModule(name string) bool {
	name = strings.ToLower(name)
	module, _, dotted := strings.Cut(name, ".")
	return dotted && slices.Contains([]string{"json", "ft", "bf", "cf", "cms", "topk", "tdigest", "ts"}, module) ||
		slices.Contains([]string{"vadd", "vsim", "vrem", "vcard", "vdim", "vemb", "vinfo", "vgetattr", "vsetattr", "vlinks", "vrandmember"}, name)
}

func errUnknownSub(container *command, sub string) string {
	return "ERR unknown subcommand '" + clip(sub, 128) + "'. Try " + strings.ToUpper(container.name) + " HELP."
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// errMissing is the reply to a command of Redis that the fake lacks.
func (s *Server) errMissing(c *command) string {
	return "ERR the fake has no " + c.title() + ": " + s.cfg.Hint
}

// errFailed is the reply to a command that ended in a panic.
func (s *Server) errFailed(name string, p any) string {
	return fmt.Sprintf("ERR the fake failed at %s: %v: %s", name, p, s.cfg.Hint)
}

// errUnable is the reply to an option or a case the fake lacks.
func (x *call) errUnable(what string) {
	x.err("ERR the fake has no " + what + ": " + x.s.cfg.Hint)
}
