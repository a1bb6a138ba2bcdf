package fake

import (
	"math"
	"strconv"
	"strings"
)

// Commands read their arguments one by one, as Redis does: the first fault
// decides the error.

// integer reads an argument, or writes the error.
func (x *call) integer(i int) (int, bool) {
	n, err := atoi(x.args[i])
	if err != nil {
		x.err(errNotInteger)
	}
	return n, err == nil
}

// integerFrom reads an argument that may not be less than least.
func (x *call) integerFrom(i, least int) (int, bool) {
	n, ok := x.integer(i)
	if ok && n < least {
		x.err(errBetween(int64(least), math.MaxInt64))
		return 0, false
	}
	return n, ok
}

// short reads an argument that has to fit in 32 bits.
func (x *call) short(i int) (int, bool) {
	n, ok := x.integer(i)
	if ok && (n < math.MinInt32 || n > math.MaxInt32) {
		x.err(errBetween(math.MinInt32, math.MaxInt32))
		return 0, false
	}
	return n, ok
}

func errBetween(least, most int64) string {
	return "ERR value is out of range, value must between " + strconv.FormatInt(least, 10) + " and " + strconv.FormatInt(most, 10)
}

// positive reads an argument that may be 0 but not less; why is the error
// for whatever else it is.
func (x *call) positive(i int, why string) (int, bool) {
	return x.atLeast(i, 0, why)
}

// atLeast reads an argument that may not be less than least; why is the error
// for whatever else it is.
func (x *call) atLeast(i, least int, why string) (int, bool) {
	n, err := atoi(x.args[i])
	if err != nil || n < least {
		x.err(why)
		return 0, false
	}
	return n, true
}

// bounds reads the start and stop of a range.
func (x *call) bounds(i int) (start, stop int, ok bool) {
	if start, ok = x.integer(i); ok {
		stop, ok = x.integer(i + 1)
	}
	return start, stop, ok
}

// milliseconds reads a timeout, and writes the error for what is none.
func (x *call) milliseconds(i int) (ms int64, ok bool) {
	ms, err := parseInt(x.args[i])
	switch {
	case err != nil:
		x.err("ERR timeout is not an integer or out of range")
	case ms < 0:
		x.err("ERR timeout is negative")
	case ms > math.MaxInt64-x.s.expiry.now:
		x.err("ERR timeout is out of range")
	default:
		return ms, true
	}
	return 0, false
}

// errMisused is the error of containers that count the arguments of a
// subcommand themselves.
func (x *call) errMisused() {
	x.err("ERR unknown subcommand or wrong number of arguments for '" + clip(x.args[1], 128) + "'. Try " + strings.ToUpper(x.args[0]) + " HELP.")
}
