package fake

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// interpreter is the Lua state of a server. As in Redis there is one for all
// scripts; they can leave nothing behind in it, because all they see of the
// world is read-only.
type interpreter struct {
	*lua.LState
	env     *lua.LTable // what a script takes for its globals
	globals *lua.LTable // where they really are
	null    *lua.LUserData
	run1    *script
}

// readOnly is the error of writing to what is not the script's own.
const readOnly = "Attempt to modify a readonly table"

func newInterpreter() *interpreter {
	in := &interpreter{LState: lua.NewState(lua.Options{
		SkipOpenLibs: true, CallStackSize: 20_000, MinimizeStackMemory: true, RegistryMaxSize: 1 << 20,
	})}
	for _, lib := range []struct {
		name string
		open lua.LGFunction
	}{{lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}, {lua.StringLibName, lua.OpenString}, {lua.MathLibName, lua.OpenMath}} {
		in.Push(in.NewFunction(lib.open))
		in.Push(lua.LString(lib.name))
		in.Call(1, 0)
	}
	all := in.G.Global
	in.null = in.NewUserData()
	for _, name := range []string{"print", "dofile", "loadfile", "newproxy", "module", "require", "_printregs", "_GOPHER_LUA_VERSION", "getfenv", "setfenv", "collectgarbage"} {
		all.RawSetString(name, lua.LNil)
	}
	in.globals = all
	in.protect(all)
	return in
}

// protect puts the libraries behind read-only views and adds those of Redis.
func (in *interpreter) protect(all *lua.LTable) {
	in.fixBase(all)
	libraries := map[string]map[string]lua.LGFunction{
		"redis": in.redisLibrary(), "cjson": in.cjsonLibrary(), "cmsgpack": cmsgpackLibrary(), "bit": bitLibrary(), "os": osLibrary(),
	}
	for name, functions := range libraries {
		all.RawSetString(name, in.SetFuncs(in.NewTable(), functions))
	}
	in.redisConstants(all.RawGetString("redis").(*lua.LTable))
	all.RawGetString("cjson").(*lua.LTable).RawSetString("null", in.null)
	for _, name := range []string{"redis", "cjson", "cmsgpack", "bit", "os", "string", "table", "math"} {
		all.RawSetString(name, in.view(all.RawGetString(name).(*lua.LTable)))
	}
	meta := in.NewTable()
	meta.RawSetString("__index", in.NewFunction(func(l *lua.LState) int {
		if name := lua.LVAsString(l.Get(2)); slices.Contains([]string{"struct", "coroutine"}, name) {
			l.RaiseError("the fake has no %s: %s", name, in.run1.x.s.cfg.Hint)
		}
		l.RaiseError("Script attempted to access nonexistent global variable '%s'", lua.LVAsString(l.Get(2)))
		return 0
	}))
	all.Metatable = meta
	in.env = in.view(all)
	all.RawSetString("_G", in.env)
}

// view is an empty table that reads through to t and refuses writes.
func (in *interpreter) view(t *lua.LTable) *lua.LTable {
	v, meta := in.NewTable(), in.NewTable()
	meta.RawSetString("__index", t)
	meta.RawSetString("__newindex", in.NewFunction(func(l *lua.LState) int {
		l.RaiseError(readOnly)
		return 0
	}))
	meta.RawSetString("__metatable", lua.LString("locked"))
	v.Metatable = meta
	return v
}

// fixBase replaces functions of the base library that differ from Redis'.
func (in *interpreter) fixBase(all *lua.LTable) {
	all.RawSetString("pcall", in.NewFunction(in.pcall))
	all.RawSetString("tostring", in.NewFunction(func(l *lua.LState) int {
		if n, ok := l.CheckAny(1).(lua.LNumber); ok {
			l.Push(lua.LString(luaNumber(float64(n))))
		} else {
			l.Push(l.ToStringMeta(l.Get(1)))
		}
		return 1
	}))
	rawset := all.RawGetString("rawset")
	all.RawSetString("rawset", in.NewFunction(func(l *lua.LState) int {
		if t := l.CheckTable(1); t.Metatable != lua.LNil && l.GetField(t.Metatable, "__metatable") == lua.LString("locked") {
			l.RaiseError(readOnly)
		}
		l.Insert(rawset, 1)
		l.Call(3, 1)
		return 1
	}))
	str := all.RawGetString("string").(*lua.LTable)
	rep := str.RawGetString("rep")
	str.RawSetString("rep", in.NewFunction(func(l *lua.LState) int {
		if float64(len(l.CheckString(1)))*float64(l.CheckNumber(2)) > 512<<20 {
			l.RaiseError("resulting string too large")
		}
		l.Insert(rep, 1)
		l.Call(2, 1)
		return 1
	}))
}

// pcall is Lua's, but an error that is a table with the field err is given to
// the caller as its text.
func (in *interpreter) pcall(l *lua.LState) int {
	l.CheckAny(1)
	n := l.GetTop()
	if err := l.PCall(n-1, lua.MultRet, nil); err != nil {
		if in.run1 != nil && in.run1.killed != "" {
			l.RaiseError("%s", in.run1.killed)
		}
		l.SetTop(0)
		l.Push(lua.LFalse)
		l.Push(errorValue(err))
		return 2
	}
	l.Insert(lua.LTrue, 1)
	return l.GetTop()
}

// errorValue is what pcall returns for an error.
func errorValue(err error) lua.LValue {
	var api *lua.ApiError
	if !errors.As(err, &api) {
		return lua.LString(err.Error())
	}
	if t, ok := api.Object.(*lua.LTable); ok {
		if text, ok := t.RawGetString("err").(lua.LString); ok {
			return text
		}
	}
	if api.Object == nil || api.Object == lua.LNil {
		return lua.LString(api.Error())
	}
	return api.Object
}

// run runs a script and writes its reply. why is the error of one that fails.
func (in *interpreter) run(r *script, keys, argv []string) (why string) {
	in.run1 = r
	in.SetContext(r)
	defer func() { in.run1 = nil; in.SetTop(0) }()
	in.globals.RawSetString("KEYS", in.strings(keys))
	in.globals.RawSetString("ARGV", in.strings(argv))
	fn := in.NewFunctionFromProto(r.body.proto)
	fn.Env = in.env
	in.Push(fn)
	if err := in.PCall(0, 1, nil); err != nil {
		return r.describe(err)
	}
	r.x.reply(in, in.Get(-1))
	return ""
}

func (in *interpreter) strings(s []string) *lua.LTable {
	t := in.CreateTable(len(s), 0)
	for i, v := range s {
		t.RawSetInt(i+1, lua.LString(v))
	}
	return t
}

// describe words an error that the script has not caught, with where it was.
func (r *script) describe(err error) string {
	text, line := err.Error(), "1"
	var api *lua.ApiError
	if errors.As(err, &api) {
		switch o := api.Object.(type) {
		case *lua.LTable:
			text = "ERR unknown error"
			if s, ok := o.RawGetString("err").(lua.LString); ok {
				text = string(s)
			}
			if l, ok := o.RawGetString("line").(lua.LString); ok {
				line = string(l)
			}
		case lua.LString:
			text = "ERR " + string(o)
		default:
			text = "ERR " + fmt.Sprint(api.Object)
		}
	}
	if r.killed != "" {
		text = r.killed
	}
	if _, rest, ok := strings.Cut(text, "user_script:"); ok {
		if n, _, ok := strings.Cut(rest, ":"); ok && isDigits(n) {
			line = n
		}
	}
	return text + " script: " + r.body.sha + ", on @user_script:" + line + "."
}

// raise raises an error of a command, as a table that knows its place.
func (in *interpreter) raise(l *lua.LState, text string) {
	t := errorTable(l, text)
	where := strings.TrimPrefix(l.Where(1), "user_script:")
	line, _, _ := strings.Cut(where, ":")
	if !isDigits(line) {
		line = "1"
	}
	t.RawSetString("source", lua.LString("@user_script"))
	t.RawSetString("line", lua.LString(line))
	l.Error(t, 1)
}

func errorTable(l *lua.LState, text string) *lua.LTable {
	t := l.NewTable()
	t.RawSetString("err", lua.LString(text))
	return t
}

// luaNumber is the text of a number as Lua writes it, with 14 digits.
func luaNumber(f float64) string {
	s := strconv.FormatFloat(f, 'g', 14, 64)
	switch s {
	case "+Inf":
		return "inf"
	case "-Inf":
		return "-inf"
	case "NaN":
		return "nan"
	}
	if mantissa, exponent, ok := strings.Cut(s, "e"); ok {
		if len(exponent) == 2 {
			exponent = exponent[:1] + "0" + exponent[1:]
		}
		return mantissa + "e" + exponent
	}
	return s
}
