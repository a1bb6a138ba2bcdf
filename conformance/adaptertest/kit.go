package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// patience is how long an adapter may take for one line.
const patience = 10 * time.Second

// A kit is what a check works with: the probe, and an adapter whose lines are
// recorded.
type kit struct {
	*conformance.Probe
	a Adapter
}

// check adapts a check on a kit to the engine. The adapter has greeted.
func check(f func(k *kit)) func(*conformance.Probe, Adapter) {
	return func(p *conformance.Probe, a Adapter) {
		k := &kit{p, a}
		k.hear()
		f(k)
	}
}

// fresh is check of an adapter that has not been heard yet.
func fresh(f func(k *kit)) func(*conformance.Probe, Adapter) {
	return func(p *conformance.Probe, a Adapter) { f(&kit{p, a}) }
}

// brief shows a line, or its begin.
func brief(line string) string {
	if most := 120; len(line) > most {
		return fmt.Sprintf("%s… (%d bytes)", line[:most], len(line))
	}
	return line
}

// say writes a line, which an adapter that lives can always read.
func (k *kit) say(line string) {
	k.Call("→ %s", brief(line))
	if err := k.a.Say(line); err != nil {
		k.Helper()
		k.Fatalf("%s could not be written: %v, want the adapter to read it", brief(line), err)
	}
}

// next is the line that comes next, or the error in its place.
func (k *kit) next() (string, error) {
	ctx, cancel := context.WithTimeout(k.Context(), patience)
	defer cancel()
	line, err := k.a.Hear(ctx)
	if err == nil {
		k.Call("← %s", brief(line))
	}
	return line, err
}

// hear wants a line.
func (k *kit) hear() string {
	line, err := k.next()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		k.Helper()
		k.Fatalf("no line came within %v, want one", patience)
	case errors.Is(err, io.EOF):
		k.Helper()
		k.Fatalf("the output has ended, want another line: an adapter lives until its input ends")
	case err != nil:
		k.Helper()
		k.Fatalf("no line could be read: %v", err)
	}
	return line
}

// An answer is a line, read.
type answer struct {
	k      *kit
	line   string
	fields map[string]json.RawMessage
}

// answer wants a line that is an object.
func (k *kit) answer() answer {
	k.Helper()
	a := answer{k: k, line: k.hear()}
	if err := json.Unmarshal([]byte(a.line), &a.fields); err != nil {
		k.Fatalf("a line is %s, want a JSON object: %v", brief(a.line), err)
	}
	return a
}

// id wants the answer to be to a question; want is JSON.
func (a answer) id(want string) answer {
	if got := string(a.fields["id"]); got != want {
		a.k.Helper()
		a.k.Fatalf(`the answer is %s, want "id": %s in it`, brief(a.line), want)
	}
	return a
}

// ok wants a good answer, and is what it holds.
func (a answer) ok() json.RawMessage {
	v, good := a.fields["ok"]
	if _, bad := a.fields["error"]; !good || bad {
		a.k.Helper()
		a.k.Fatalf(`the answer is %s, want "ok" in it, and no "error"`, brief(a.line))
	}
	return v
}

// fails wants an error of one of these kinds, with a text.
func (a answer) fails(kinds ...string) {
	var kind, text string
	if a.fields["error"] != nil {
		_ = json.Unmarshal(a.fields["error"], &kind) // what is no text is no kind
	}
	if a.fields["text"] != nil {
		_ = json.Unmarshal(a.fields["text"], &text)
	}
	known := false
	for _, k := range kinds {
		known = known || k == kind
	}
	if _, good := a.fields["ok"]; good || !known || strings.TrimSpace(text) == "" {
		a.k.Helper()
		a.k.Fatalf(`the answer is %s, want "error": %q in it, with a "text", and no "ok"`, brief(a.line), strings.Join(kinds, `" or "`))
	}
}

// echo asks for a value, which is JSON, and is what comes back.
func (k *kit) echo(value string) json.RawMessage {
	k.Helper()
	k.say(`{"id": 1, "op": "echo", "args": {"value": ` + value + `}}`)
	return k.answer().id("1").ok()
}

// serves wants the adapter to go on.
func (k *kit) serves() {
	k.Helper()
	k.say(`{"id": 99, "op": "echo", "args": {"value": "still here"}}`)
	if got := string(k.answer().id("99").ok()); got != `"still here"` {
		k.Errorf(`echo = %s, want "still here"`, got)
	}
}
