package hashslot

import (
	"slices"
	"strconv"
	"strings"
)

// Keys returns the keys that a command names, given with its name first. A
// command that is not known, and one that names no key, has none.
func Keys(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	name := strings.ToUpper(args[0])
	switch name {
	case "XREAD", "XREADGROUP":
		return streams(args)
	case "MIGRATE":
		return migrated(args)
	case "SORT", "GEORADIUS", "GEORADIUSBYMEMBER":
		return append(at(args, span{1, 1, 1}), stored(args)...)
	}
	if where, found := counted[name]; found {
		return numbered(args, where)
	}
	s, found := spans[name]
	if !found && len(args) > 1 {
		s, found = spans[name+"-"+strings.ToUpper(args[1])]
	}
	if !found {
		return nil
	}
	return at(args, s)
}

func at(args []string, s span) (keys []string) {
	last := s.last
	if last < 0 {
		last += len(args)
	}
	for i := s.first; i <= min(last, len(args)-1); i += s.step {
		keys = append(keys, args[i])
	}
	return keys
}

// numbered returns the keys behind the number at where, and the destination
// before it if there is one.
func numbered(args []string, where int) (keys []string) {
	if len(args) <= where {
		return nil
	}
	n, err := strconv.Atoi(args[where])
	if err != nil || n < 0 {
		return nil
	}
	if strings.HasSuffix(strings.ToUpper(args[0]), "STORE") {
		keys = append(keys, args[1])
	}
	return append(keys, args[where+1:min(len(args), where+1+n)]...)
}

// streams returns the first half of what follows STREAMS.
func streams(args []string) []string {
	i := word(args, "STREAMS")
	if i < 0 {
		return nil
	}
	rest := args[i+1:]
	return rest[:len(rest)/2]
}

func migrated(args []string) []string {
	if i := word(args, "KEYS"); i >= 0 {
		return args[i+1:]
	}
	return at(args, span{3, 3, 1})
}

// stored returns the key behind STORE or STOREDIST.
func stored(args []string) []string {
	for _, option := range []string{"STORE", "STOREDIST"} {
		if i := word(args, option); i > 1 && i+1 < len(args) {
			return args[i+1 : i+2]
		}
	}
	return nil
}

func word(args []string, option string) int {
	return slices.IndexFunc(args, func(a string) bool { return strings.EqualFold(a, option) })
}
