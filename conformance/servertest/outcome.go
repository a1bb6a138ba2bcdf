package servertest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// An outcome is one reply. A check says what it wants of it; what it did not
// ask about is not judged.
type outcome struct {
	k     *kit
	call  string
	value any
	err   error
}

// show is a reply in the manner of Go.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case Error:
		return "error " + strconv.Quote(string(v))
	case string:
		if len(v) > 120 {
			return fmt.Sprintf("%q… (%d bytes)", v[:100], len(v))
		}
		return strconv.Quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = show(e)
		}
		return "[" + strings.Join(parts, " ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// normal is a wanted value in the types of replies.
func normal(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = normal(e)
		}
		return list
	default:
		return v
	}
}

func same(want, got any) bool {
	w, g := normal(want), normal(got)
	wl, isList := w.([]any)
	gl, isToo := g.([]any)
	if isList && isToo && len(wl)+len(gl) == 0 {
		return true
	}
	return reflect.DeepEqual(w, g)
}

func (o outcome) want(format string, args ...any) {
	o.k.Helper()
	if o.err != nil {
		o.k.Errorf("%s failed: %v, want %s", o.call, o.err, fmt.Sprintf(format, args...))
		return
	}
	o.k.Errorf("%s = %s, want %s", o.call, show(o.value), fmt.Sprintf(format, args...))
}

// ok wants any reply but an error, and ends the check without it.
func (o outcome) ok() outcome {
	o.k.Helper()
	if _, refused := o.value.(Error); refused || o.err != nil {
		o.want("no error")
		o.k.Fatalf("what follows builds on it")
	}
	return o
}

// is wants the reply.
func (o outcome) is(want any) {
	if o.err != nil || !same(want, o.value) {
		o.k.Helper()
		o.want("%s", show(normal(want)))
	}
}

// list wants these strings in this order.
func (o outcome) list(want ...string) {
	o.k.Helper()
	o.is(want)
}

// set wants these strings in any order.
func (o outcome) set(want ...string) {
	list, is := o.value.([]any)
	var got []string
	for _, v := range list {
		got = append(got, fmt.Sprint(v))
	}
	slices.Sort(got)
	slices.Sort(want)
	if o.err != nil || !is || !slices.Equal(got, want) {
		o.k.Helper()
		o.want("%q in any order", want)
	}
}

// pairs wants these fields and values, in any order of the fields.
func (o outcome) pairs(want map[string]string) {
	list, _ := o.value.([]any)
	got := map[string]string{}
	for p := range slices.Chunk(list, 2) {
		if len(p) == 2 {
			got[fmt.Sprint(p[0])] = fmt.Sprint(p[1])
		}
	}
	if o.err != nil || len(list) != 2*len(want) || !reflect.DeepEqual(got, want) {
		o.k.Helper()
		o.want("the pairs %v", want)
	}
}

// null wants nil.
func (o outcome) null() {
	o.k.Helper()
	o.is(nil)
}

// between wants an integer within bounds.
func (o outcome) between(low, high int64) {
	if n, is := o.value.(int64); o.err != nil || !is || n < low || n > high {
		o.k.Helper()
		o.want("an integer from %d to %d", low, high)
	}
}

// fails wants an error reply that begins with a code such as WRONGTYPE.
func (o outcome) fails(code string) {
	e, is := o.value.(Error)
	if o.err != nil || !is || !strings.HasPrefix(string(e)+" ", code+" ") {
		o.k.Helper()
		o.want("an error %s", code)
	}
}

// refused wants an error reply that names a code anywhere.
func (o outcome) refused(code string) {
	if e, is := o.value.(Error); o.err != nil || !is || !strings.Contains(string(e), code) {
		o.k.Helper()
		o.want("an error with %s in it", code)
	}
}

// text is a reply that has to be a string or an integer, as text.
func (o outcome) text() string {
	switch v := o.ok().value.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	o.k.Helper()
	o.want("a text")
	o.k.Fatalf("what follows builds on it")
	return ""
}
