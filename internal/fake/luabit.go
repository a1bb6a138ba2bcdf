package fake

import (
	"fmt"
	"math/bits"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// osLibrary is what Redis leaves of the table os.
func osLibrary() map[string]lua.LGFunction {
	start := time.Now()
	return map[string]lua.LGFunction{"clock": func(l *lua.LState) int {
		l.Push(lua.LNumber(time.Since(start).Seconds()))
		return 1
	}}
}

// bitLibrary is the table bit of scripts: operations on 32 bits.
func bitLibrary() map[string]lua.LGFunction {
	word := func(l *lua.LState, i int) uint32 { return uint32(int64(l.CheckNumber(i))) }
	unary := func(f func(uint32) uint32) lua.LGFunction {
		return func(l *lua.LState) int {
			l.Push(lua.LNumber(int32(f(word(l, 1)))))
			return 1
		}
	}
	fold := func(f func(a, b uint32) uint32) lua.LGFunction {
		return func(l *lua.LState) int {
			v := word(l, 1)
			for i := 2; i <= l.GetTop(); i++ {
				v = f(v, word(l, i))
			}
			l.Push(lua.LNumber(int32(v)))
			return 1
		}
	}
	shift := func(f func(v uint32, n int) uint32) lua.LGFunction {
		return func(l *lua.LState) int {
			l.Push(lua.LNumber(int32(f(word(l, 1), int(word(l, 2)&31)))))
			return 1
		}
	}
	return map[string]lua.LGFunction{
		"tobit":   unary(func(v uint32) uint32 { return v }),
		"bnot":    unary(func(v uint32) uint32 { return ^v }),
		"bswap":   unary(bits.ReverseBytes32),
		"band":    fold(func(a, b uint32) uint32 { return a & b }),
		"bor":     fold(func(a, b uint32) uint32 { return a | b }),
		"bxor":    fold(func(a, b uint32) uint32 { return a ^ b }),
		"lshift":  shift(func(v uint32, n int) uint32 { return v << n }),
		"rshift":  shift(func(v uint32, n int) uint32 { return v >> n }),
		"arshift": shift(func(v uint32, n int) uint32 { return uint32(int32(v) >> n) }),
		"rol":     shift(bits.RotateLeft32),
		"ror":     shift(func(v uint32, n int) uint32 { return bits.RotateLeft32(v, -n) }),
		"tohex": func(l *lua.LState) int {
			n := l.OptInt(2, 8)
			format := "%08x"
			if n < 0 {
				n, format = -n, "%08X"
			}
			s := fmt.Sprintf(format, word(l, 1))
			l.Push(lua.LString(s[8-min(n, 8):]))
			return 1
		},
	}
}
