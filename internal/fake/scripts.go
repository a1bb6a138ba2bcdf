package fake

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

const (
	// errBusy answers other clients while a script runs past its time limit.
	errBusy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
	// errKilled is the error of a script ended by SCRIPT KILL.
	errKilled   = "ERR Error running script, Script killed by user with SCRIPT KILL."
	errNoScript = "NOSCRIPT No matching script. Please use EVAL."
)

// scripts are the cached scripts and the one interpreter that runs them.
type scripts struct {
	bodies  map[string]*body // by SHA-1
	lua     *interpreter     // made by the first script
	running *script
	closing atomic.Bool // the server is being closed: end any script
}

// body is a compiled script.
type body struct {
	sha, text string
	proto     *lua.FunctionProto
	readOnly  bool // by its flags
}

// busy reports whether a script runs past its time limit. Only then does
// anybody else get to ask.
func (s *scripts) busy() bool { return s.running != nil }

func (s *scripts) count() int { return len(s.bodies) }

func scriptCommands() map[string]handler {
	eval := func(readOnly bool) handler { return func(x *call) { x.eval(readOnly) } }
	evalsha := func(readOnly bool) handler { return func(x *call) { x.evalsha(readOnly) } }
	return map[string]handler{
		"eval": eval(false), "eval_ro": eval(true), "evalsha": evalsha(false), "evalsha_ro": evalsha(true),
		"script|load": (*call).scriptLoad, "script|exists": (*call).scriptExists,
		"script|flush": (*call).scriptFlush, "script|kill": (*call).scriptKill,
	}
}

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func (x *call) eval(readOnly bool) {
	keys, argv, ok := x.scriptArgs()
	if !ok {
		return
	}
	b, why := x.s.scripts.add(x.args[1])
	if why != "" {
		x.err(why)
		return
	}
	x.runScript(b, keys, argv, readOnly)
}

func (x *call) evalsha(readOnly bool) {
	if len(x.args[1]) != len(sha1Hex("")) {
		x.err(errNoScript)
		return
	}
	keys, argv, ok := x.scriptArgs()
	if !ok {
		return
	}
	b := x.s.scripts.bodies[strings.ToLower(x.args[1])]
	if b == nil {
		x.err(errNoScript)
		return
	}
	x.runScript(b, keys, argv, readOnly)
}

// scriptArgs parts the keys from the other arguments.
func (x *call) scriptArgs() (keys, argv []string, ok bool) {
	n, err := atoi(x.args[2])
	rest := x.args[3:]
	switch {
	case err != nil:
		x.err(errNotInteger)
	case n > len(rest):
		x.err("ERR Number of keys can't be greater than number of args")
	case n < 0:
		x.err("ERR Number of keys can't be negative")
	default:
		return rest[:n], rest[n:], true
	}
	return nil, nil, false
}

// add returns the compiled script of that text, from the cache if it is there.
func (s *scripts) add(text string) (b *body, why string) {
	sha := sha1Hex(text)
	if b := s.bodies[sha]; b != nil {
		return b, ""
	}
	b, why = compile(sha, text)
	if why != "" {
		return nil, why
	}
	if s.bodies == nil {
		s.bodies = map[string]*body{}
	}
	s.bodies[sha] = b
	return b, ""
}

func compile(sha, text string) (b *body, why string) {
	b = &body{sha: sha, text: text}
	code := text
	if strings.HasPrefix(text, "#!") {
		head, rest, _ := strings.Cut(text, "\n")
		if why := b.shebang(head); why != "" {
			return nil, why
		}
		code = "\n" + rest
	}
	chunk, err := parse.Parse(strings.NewReader(code), "user_script")
	if err == nil {
		b.proto, err = lua.Compile(chunk, "user_script")
	}
	if err != nil {
		return nil, "ERR Error compiling script (new function): " + compileError(err)
	}
	return b, ""
}

// compileError words an error of the parser as that of Lua.
func compileError(err error) string {
	var p *parse.Error
	if !errors.As(err, &p) {
		return "user_script: " + err.Error()
	}
	token := p.Token
	if token == "" || p.Pos.Line == parse.EOF {
		token = "<eof>"
	}
	return "user_script:" + strconv.Itoa(max(p.Pos.Line, 1)) + ": unexpected symbol near '" + token + "'"
}

// shebang reads the first line of a script: "#!lua flags=no-writes".
func (b *body) shebang(line string) (why string) {
	words := strings.Fields(line[2:])
	if len(words) == 0 || words[0] != "lua" {
		return "ERR Unexpected engine in script shebang: " + strings.TrimSuffix(line, "\r")
	}
	for _, w := range words[1:] {
		flags, ok := strings.CutPrefix(w, "flags=")
		if !ok {
			return "ERR Unknown lua shebang option: " + w
		}
		for flag := range strings.SplitSeq(flags, ",") {
			if !slices.Contains([]string{"no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys", ""}, flag) {
				return "ERR Unexpected flag in script shebang: " + flag
			}
			b.readOnly = b.readOnly || flag == "no-writes"
		}
	}
	return ""
}

func (x *call) scriptLoad() {
	b, why := x.s.scripts.add(x.args[2])
	if why != "" {
		x.err(why)
		return
	}
	x.w.Bulk(b.sha)
}

func (x *call) scriptExists() {
	x.w.Array(len(x.args) - 2)
	for _, sha := range x.args[2:] {
		n := int64(0)
		if x.s.scripts.bodies[strings.ToLower(sha)] != nil {
			n = 1
		}
		x.w.Int(n)
	}
}

func (x *call) scriptFlush() {
	if len(x.args) > 3 || len(x.args) == 3 && !strings.EqualFold(x.args[2], "sync") && !strings.EqualFold(x.args[2], "async") {
		x.err("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
		return
	}
	x.s.scripts.bodies = nil
	x.w.OK()
}

func (x *call) scriptKill() {
	switch r := x.s.scripts.running; {
	case r == nil:
		x.err("NOTBUSY No scripts in execution right now.")
	case r.wrote:
		x.err("UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.")
	default:
		r.kill(errKilled)
		x.w.OK()
	}
}
