package mutant

import (
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance/servertest"
)

// of is a bug without state.
func of(b Bug) func() Bug { return func() Bug { return b } }

// is reports whether args are the command, given as one word or, with a
// subcommand, two.
func is(command string, args []string) bool {
	words := strings.Fields(command)
	if len(args) < len(words) {
		return false
	}
	for i, w := range words {
		if !strings.EqualFold(w, args[i]) {
			return false
		}
	}
	return true
}

// ask changes what one command asks.
func ask(command string, change func(args []string) []string) func() Bug {
	return of(Bug{Ask: func(_ *Session, args []string) []string {
		if is(command, args) {
			return change(args)
		}
		return args
	}})
}

// instead asks another command with the same arguments.
func instead(command, other string) func() Bug {
	return ask(command, func(args []string) []string {
		args[0] = other
		return args
	})
}

// without leaves options out, with as many values after each.
func without(command, option string, values int) func() Bug {
	return ask(command, func(args []string) []string {
		if i := slices.IndexFunc(args, func(a string) bool { return strings.EqualFold(a, option) }); i > 0 {
			return slices.Delete(args, i, min(i+1+values, len(args)))
		}
		return args
	})
}

// swap replaces text in every argument.
func swap(command, old, new string) func() Bug {
	return ask(command, func(args []string) []string {
		for i := range args[1:] {
			args[i+1] = strings.ReplaceAll(args[i+1], old, new)
		}
		return args
	})
}

// cut ends every argument at a mark.
func cut(command, mark string) func() Bug {
	return ask(command, func(args []string) []string {
		for i := range args[1:] {
			args[i+1], _, _ = strings.Cut(args[i+1], mark)
		}
		return args
	})
}

// answer changes the reply of one command.
func answer(command string, change func(args []string, reply any) any) func() Bug {
	return of(Bug{Answer: func(_ *Session, args []string, reply any) any {
		if is(command, args) {
			return change(args, reply)
		}
		return reply
	}})
}

// always gives one reply.
func always(command string, reply any) func() Bug {
	return answer(command, func([]string, any) any { return reply })
}

// turns one reply into another.
func turns(command string, from, to any) func() Bug {
	return answer(command, func(_ []string, reply any) any {
		if show(reply) == show(from) {
			return to
		}
		return reply
	})
}

// forgives answers instead of an error.
func forgives(command string, reply any) func() Bug {
	return answer(command, func(_ []string, was any) any {
		if _, refused := was.(servertest.Error); refused {
			return reply
		}
		return was
	})
}

// recodes hides the code of an error.
func recodes(command, code string) func() Bug {
	return answer(command, func(_ []string, reply any) any {
		if e, is := reply.(servertest.Error); is && strings.HasPrefix(string(e), code) {
			return servertest.Error("ERR " + strings.TrimPrefix(string(e), code+" "))
		}
		return reply
	})
}

// ignores answers a command that is never carried out.
func ignores(command string, reply any) func() Bug {
	return refuses(command, func([]string) bool { return true }, reply)
}

// refuses answers instead of the server where when says so.
func refuses(command string, when func(args []string) bool, reply any) func() Bug {
	return of(Bug{Refuse: func(_ *Session, args []string) (any, bool) {
		return reply, is(command, args) && when(args)
	}})
}

// after does something more on the sound server once a command is answered.
func after(command string, more func(args []string) []string) func() Bug {
	return of(Bug{Answer: func(s *Session, args []string, reply any) any {
		if is(command, args) {
			s.Side(more(args)...)
		}
		return reply
	}})
}

// list changes a reply that is a list.
func list(command string, change func([]any) []any) func() Bug {
	return answer(command, func(_ []string, reply any) any {
		if l, is := reply.([]any); is {
			return change(slices.Clone(l))
		}
		return reply
	})
}

// dense leaves nil out of a list.
func dense(l []any) []any { return slices.DeleteFunc(l, func(v any) bool { return v == nil }) }

// reversed turns a list round.
func reversed(l []any) []any {
	slices.Reverse(l)
	return l
}
