// Package mutant holds adapters with one named bug each. The suite must catch
// every one of them.
package mutant

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
)

// A Mutant is an adapter with one bug.
type Mutant struct {
	Name  string
	spoil func(a *adapter)
	Long  bool // it is about long lines, which take their time
}

// Right is a subject without a bug.
func Right() adaptertest.Subject { return Mutant{Name: "right", spoil: func(*adapter) {}}.Subject() }

// Subject is the mutant, made for a bubble: its time is not ours.
func (m Mutant) Subject() adaptertest.Subject {
	return adaptertest.Subject{
		Name:      m.Name,
		Equipment: conformance.Equipment{Clock: conformance.Bubble{}},
		New: func(tb conformance.TB) adaptertest.Adapter {
			a := right()
			m.spoil(a)
			p := start(a)
			tb.Cleanup(p.kill)
			return p
		},
	}
}

// All lists the mutants.
func All() []Mutant {
	return []Mutant{
		greets("greets in another version", `{"protocol": 2, "families": {"cache": {}}}`),
		greets("greets with its version as text", `{"protocol": "1", "families": {"cache": {}}}`),
		greets("greets with a word", `hello`),
		greets("greets with a banner behind it", `{"protocol": 1, "families": {"cache": {}}}`, `ready`),
		greets("names no family", `{"protocol": 1}`),
		greets("names a family of its own", `{"protocol": 1, "families": {"cache": {}, "toaster": {}}}`),
		{Name: "does not greet", spoil: func(a *adapter) { a.greet = func(func(string)) {} }},
		{Name: "ends before it greets", spoil: func(a *adapter) {
			a.greet, a.limit = func(func(string)) {}, 1 // the first line is too long for it
		}},
		answers("answers with another id", func(line string) []string { return []string{strings.Replace(line, `"id": `, `"id": 1`, 1)} }),
		answers("answers without an id", func(line string) []string { return []string{strings.Replace(line, `"id"`, `"nr"`, 1)} }),
		answers("keeps an id as a float", func(line string) []string {
			return []string{strings.Replace(line, "9007199254740991", "9.007199254740991e15", 1)}
		}),
		answers("answers twice", func(line string) []string { return []string{line, line} }),
		answers("prints what it does", func(line string) []string { return []string{line, "done"} }),
		answers("writes half of a line", func(line string) []string { return []string{line[:len(line)/2]} }),
		answers("wraps its answers", func(line string) []string { return []string{"[" + line + "]"} }),
		answers("answers ok and error at once", func(line string) []string {
			return []string{strings.Replace(line, `"ok"`, `"error": "other", "ok"`, 1)}
		}),
		answers("never answers", func(string) []string { return nil }),
		{Name: "dies of many questions", spoil: func(a *adapter) {
			n := 0
			a.answer = func(q question, say func(string)) {
				if n++; n <= 100 {
					say(a.reply(q))
				}
			}
		}},
		{Name: "reads lines of 64 KiB at most", Long: true, spoil: func(a *adapter) { a.limit = 64 << 10 }},
		{Name: "refuses members it does not know", spoil: func(a *adapter) {
			a.read = func(line string) bool {
				dec := json.NewDecoder(strings.NewReader(line))
				dec.DisallowUnknownFields()
				return dec.Decode(&question{}) == nil
			}
		}},
		{Name: "takes questions apart by hand", spoil: func(a *adapter) {
			a.read = func(line string) bool { return strings.HasPrefix(line, `{"id": `) }
		}},
		{Name: "takes forever", spoil: func(a *adapter) {
			a.answer = func(q question, say func(string)) { a.takes(); say(a.reply(q)) }
		}},
		values("takes null for nothing", func(v any) (any, error) {
			if v == nil {
				return "", nil
			}
			return v, nil
		}),
		values("reads numbers in texts", func(v any) (any, error) {
			if v == "5" {
				return map[string]any{"int": "5"}, nil
			}
			return v, nil
		}),
		values("loses control characters", func(v any) (any, error) {
			if text, is := v.(string); is {
				return strings.ReplaceAll(text, "\x00", ""), nil
			}
			return v, nil
		}),
		kind("has integers of 64 bits", "int", func(text string) string { return text[:min(len(text), 20)] }),
		kind("has no floats beyond numbers", "float", func(text string) string { return strings.Replace(text, "inf", "0.0", 1) }),
		kind("writes bytes in base64", "bytes", func(text string) string { return strings.Replace(text, "00ff80", "AP+A", 1) }),
		values("sorts arrays", func(v any) (any, error) {
			if list, is := v.([]any); is && len(list) == 3 {
				list[0], list[1] = list[1], list[0]
			}
			return v, nil
		}),
		values("writes dicts as objects", func(v any) (any, error) {
			if m, is := v.(map[string]any); is && m["dict"] != nil {
				return map[string]any{}, nil
			}
			return v, nil
		}),
		{Name: "takes any value", spoil: func(a *adapter) { a.value = func(v any) (any, error) { return v, nil } }},
		errs("answers null to operations it does not know", "unsupported", `"ok": null`),
		errs("calls operations it does not know invalid", "unsupported", `"error": "invalid", "text": "what?"`),
		errs("has errors without a text", "unsupported", `"error": "unsupported", "text": ""`),
		errs("echoes nothing for a missing value", "invalid", `"ok": null`),
		{Name: "opens in passing", spoil: func(a *adapter) {
			a.answer = func(q question, say func(string)) {
				if *q.Op == "drop" {
					say(good(q, "null"))
					return
				}
				say(a.reply(q))
			}
		}},
		{Name: "dies of a line that is no JSON", spoil: func(a *adapter) {
			a.refuse = func(line string, _ func(string)) error { return errors.New("Traceback: " + line) }
		}},
		{Name: "is silent about a line it cannot read", spoil: func(a *adapter) {
			a.refuse = func(string, func(string)) error { return nil }
		}},
		{Name: "is silent about JSON that is no question", spoil: func(a *adapter) {
			refuse := a.refuse
			a.refuse = func(line string, say func(string)) error {
				if json.Valid([]byte(line)) {
					return nil
				}
				return refuse(line, say)
			}
		}},
		{Name: "answers an advance with the time", spoil: func(a *adapter) {
			a.answer = func(q question, say func(string)) {
				if *q.Op == "advance" {
					say(good(q, `{"float": "0.5"}`))
					return
				}
				say(a.reply(q))
			}
		}},
		{Name: "ends with a status", spoil: func(a *adapter) {
			a.end = func() error { return errors.New("exit status 1") }
		}},
		{Name: "outlives its input", spoil: func(a *adapter) {
			a.end = func() error { a.takes(); return nil }
		}},
		{Name: "forgets its last questions", spoil: func(a *adapter) {
			a.answer = func(q question, say func(string)) {
				time.AfterFunc(time.Millisecond, func() { say(a.reply(q)) }) // which a program that has ended does not
			}
		}},
	}
}

// greets is an adapter with these first lines.
func greets(name string, lines ...string) Mutant {
	return Mutant{Name: name, spoil: func(a *adapter) {
		a.greet = func(say func(string)) {
			for _, line := range lines {
				say(line)
			}
		}
	}}
}

// answers is an adapter that writes other lines than it should.
func answers(name string, lines func(string) []string) Mutant {
	return Mutant{Name: name, spoil: func(a *adapter) {
		a.answer = func(q question, say func(string)) {
			for _, line := range lines(a.reply(q)) {
				say(line)
			}
		}
	}}
}

// values is an adapter to which values are something else.
func values(name string, value func(any) (any, error)) Mutant {
	return Mutant{Name: name, spoil: func(a *adapter) {
		a.value = func(v any) (any, error) {
			if v, err := whole(v); err != nil {
				return v, err
			}
			return value(v)
		}
	}}
}

// kind is values for those that name their type.
func kind(name, kind string, value func(string) string) Mutant {
	return values(name, func(v any) (any, error) {
		m, _ := v.(map[string]any)
		if text, is := m[kind].(string); is {
			return map[string]any{kind: value(text)}, nil
		}
		return v, nil
	})
}

// errs is an adapter that answers something else than an error of a kind.
func errs(name, kind, instead string) Mutant {
	return answers(name, func(line string) []string {
		head, _, is := strings.Cut(line, `"error": "`+kind+`"`)
		if !is {
			return []string{line}
		}
		return []string{head + instead + "}"}
	})
}
