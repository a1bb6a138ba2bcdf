package fake

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/redkit-dev/redkit/internal/resp"
)

// redisLibrary is the table redis of scripts.
func (in *interpreter) redisLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"call":  func(l *lua.LState) int { return in.command(l, true) },
		"pcall": func(l *lua.LState) int { return in.command(l, false) },
		"error_reply": func(l *lua.LState) int {
			text, ok := l.Get(1).(lua.LString)
			if !ok || l.GetTop() != 1 {
				l.Push(errorTable(l, "ERR wrong number or type of arguments"))
				return 1
			}
			l.Push(errorTable(l, withCode(string(text))))
			return 1
		},
		"status_reply": func(l *lua.LState) int {
			text, ok := l.Get(1).(lua.LString)
			if !ok || l.GetTop() != 1 {
				l.Push(errorTable(l, "ERR wrong number or type of arguments"))
				return 1
			}
			t := l.NewTable()
			t.RawSetString("ok", text)
			l.Push(t)
			return 1
		},
		"sha1hex": func(l *lua.LState) int {
			if l.GetTop() != 1 {
				in.raise(l, "ERR wrong number of arguments")
			}
			l.Push(lua.LString(sha1Hex(lua.LVAsString(l.Get(1)))))
			return 1
		},
		"setresp": func(l *lua.LState) int {
			switch lua.LVAsNumber(l.Get(1)) {
			case 2, 3:
				in.run1.out.RESP3 = lua.LVAsNumber(l.Get(1)) == 3
			default:
				in.raise(l, "ERR RESP version must be 2 or 3.")
			}
			return 0
		},
		"log":                func(*lua.LState) int { return 0 },
		"set_repl":           func(*lua.LState) int { return 0 },
		"replicate_commands": func(l *lua.LState) int { l.Push(lua.LTrue); return 1 },
		"breakpoint":         func(l *lua.LState) int { l.Push(lua.LFalse); return 1 },
		"debug":              func(*lua.LState) int { return 0 },
		"acl_check_cmd":      in.aclCheck,
	}
}

func (in *interpreter) redisConstants(t *lua.LTable) {
	for name, v := range map[string]lua.LValue{
		"LOG_DEBUG": lua.LNumber(0), "LOG_VERBOSE": lua.LNumber(1), "LOG_NOTICE": lua.LNumber(2), "LOG_WARNING": lua.LNumber(3),
		"REPL_ALL": lua.LNumber(3), "REPL_AOF": lua.LNumber(1), "REPL_SLAVE": lua.LNumber(2), "REPL_REPLICA": lua.LNumber(2), "REPL_NONE": lua.LNumber(0),
		"REDIS_VERSION": lua.LString(Version), "REDIS_VERSION_NUM": lua.LNumber(0x00080000),
	} {
		t.RawSetString(name, v)
	}
}

// withCode makes an error text start with a code.
func withCode(text string) string {
	text = strings.TrimPrefix(text, "-")
	if !strings.Contains(text, " ") {
		return "ERR " + text
	}
	return text
}

func (in *interpreter) aclCheck(l *lua.LState) int {
	args, ok := in.words(l)
	cmd, _ := in.run1.x.s.commands.find(append(args, ""))
	if !ok || len(args) == 0 || cmd == nil {
		in.raise(l, "ERR Invalid command passed to redis.acl_check_cmd()")
	}
	l.Push(lua.LBool(in.run1.x.c.user.refuses(cmd, args) == ""))
	return 1
}

// words are the arguments of a Lua function as those of a command.
func (in *interpreter) words(l *lua.LState) ([]string, bool) {
	args := make([]string, l.GetTop())
	for i := range args {
		switch v := l.Get(i + 1).(type) {
		case lua.LString:
			args[i] = string(v)
		case lua.LNumber:
			args[i] = commandNumber(float64(v))
		default:
			return nil, false
		}
	}
	return args, true
}

// commandNumber is the text of a number given to redis.call.
func commandNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strings.NewReplacer("e-0", "e-0", "+Inf", "inf", "-Inf", "-inf", "NaN", "nan").Replace(strconv.FormatFloat(f, 'g', 17, 64))
}

// command is redis.call and redis.pcall.
func (in *interpreter) command(l *lua.LState, raise bool) int {
	v := resp.Value{Kind: resp.Error}
	args, ok := in.words(l)
	switch {
	case !ok:
		v.Str = "ERR Lua redis lib command arguments must be strings or integers"
	case len(args) == 0:
		v.Str = "ERR Please specify at least one argument for this redis lib call"
	default:
		v = in.run1.call(args)
	}
	if v.IsError() && raise {
		in.raise(l, v.Str)
	}
	l.Push(in.toLua(l, v))
	return 1
}

// toLua is a reply as a value of Lua.
func (in *interpreter) toLua(l *lua.LState, v resp.Value) lua.LValue {
	wrap := func(field string, value lua.LValue) lua.LValue {
		t := l.NewTable()
		t.RawSetString(field, value)
		return t
	}
	switch {
	case v.Null && v.Kind == resp.Null:
		return lua.LNil
	case v.Null:
		return lua.LFalse
	}
	switch v.Kind {
	case resp.Simple:
		return wrap("ok", lua.LString(v.Str))
	case resp.Error, resp.BlobError:
		return wrap("err", lua.LString(v.Str))
	case resp.Int:
		return lua.LNumber(v.Int64())
	case resp.Double:
		f, _ := strconv.ParseFloat(v.Str, 64)
		return wrap("double", lua.LNumber(f))
	case resp.Bool:
		return lua.LBool(v.Str == "t")
	case resp.BigNumber:
		return wrap("big_number", lua.LString(v.Str))
	case resp.Verbatim:
		t := l.NewTable()
		t.RawSetString("format", lua.LString(v.Str[:3]))
		t.RawSetString("string", lua.LString(v.Str[4:]))
		return wrap("verbatim_string", t)
	case resp.Map:
		t := l.NewTable()
		for i := 0; i+1 < len(v.Elems); i += 2 {
			l.RawSet(t, in.toLua(l, v.Elems[i]), in.toLua(l, v.Elems[i+1]))
		}
		return wrap("map", t)
	case resp.Set:
		t := l.NewTable()
		for _, e := range v.Elems {
			l.RawSet(t, in.toLua(l, e), lua.LTrue)
		}
		return wrap("set", t)
	case resp.Array, resp.Push:
		t := l.CreateTable(len(v.Elems), 0)
		for i, e := range v.Elems {
			t.RawSetInt(i+1, in.toLua(l, e))
		}
		return t
	default:
		return lua.LString(v.Str)
	}
}

// reply writes what a script returns.
func (x *call) reply(in *interpreter, v lua.LValue) { x.replyDepth(in, v, 0) }

func (x *call) replyDepth(in *interpreter, v lua.LValue, depth int) {
	if depth > 200 {
		x.err("ERR reached lua stack limit")
		return
	}
	switch v := v.(type) {
	case lua.LString:
		x.w.Bulk(string(v))
	case lua.LNumber:
		x.w.Int(int64(v))
	case lua.LBool:
		switch {
		case in.run1.out.RESP3 && x.w.RESP3:
			x.w.Bool(bool(v))
		case bool(v):
			x.w.Int(1)
		default:
			x.w.Null()
		}
	case *lua.LTable:
		x.replyTable(in, v, depth)
	default:
		x.w.Null()
	}
}

func (x *call) replyTable(in *interpreter, t *lua.LTable, depth int) {
	if s, ok := t.RawGetString("err").(lua.LString); ok {
		x.err(string(s))
		return
	}
	if s, ok := t.RawGetString("ok").(lua.LString); ok {
		x.w.Simple(string(s))
		return
	}
	if f, ok := t.RawGetString("double").(lua.LNumber); ok {
		x.w.Double(float64(f))
		return
	}
	if m, ok := t.RawGetString("map").(*lua.LTable); ok {
		n := 0
		m.ForEach(func(_, _ lua.LValue) { n++ })
		x.w.Map(n)
		m.ForEach(func(k, v lua.LValue) {
			x.replyDepth(in, k, depth+1)
			x.replyDepth(in, v, depth+1)
		})
		return
	}
	if m, ok := t.RawGetString("set").(*lua.LTable); ok {
		n := 0
		m.ForEach(func(_, _ lua.LValue) { n++ })
		x.w.Set(n)
		m.ForEach(func(k, _ lua.LValue) { x.replyDepth(in, k, depth+1) })
		return
	}
	var elems []lua.LValue
	for i := 1; ; i++ {
		v := in.GetTable(t, lua.LNumber(i))
		if v == lua.LNil {
			break
		}
		elems = append(elems, v)
	}
	x.w.Array(len(elems))
	for _, v := range elems {
		x.replyDepth(in, v, depth+1)
	}
}
