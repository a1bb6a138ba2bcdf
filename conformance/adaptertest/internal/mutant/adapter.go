package mutant

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"sync"
	"time"
)

// An adapter serves nothing but echo and advance, in this process. A bug
// replaces one of its parts.
type adapter struct {
	greet  func(say func(string))
	read   func(line string) bool // whether it can read a line
	answer func(q question, say func(string))
	value  func(v any) (any, error) // what a value comes back as
	refuse func(line string, say func(string)) error
	limit  int          // of a line
	end    func() error // what it ends with
	killed chan struct{}
}

// takes lets a minute pass, which nobody waits for.
func (a *adapter) takes() {
	select {
	case <-time.After(time.Minute):
	case <-a.killed:
	}
}

// A question as it came.
type question struct {
	ID   json.RawMessage            `json:"id"`
	Op   *string                    `json:"op"`
	Name string                     `json:"cache"`
	Args map[string]json.RawMessage `json:"args"`
}

// right is an adapter without a bug.
func right() *adapter {
	a := &adapter{
		limit: 4 << 20, value: whole, killed: make(chan struct{}),
		read: func(string) bool { return true }, end: func() error { return nil },
	}
	a.greet = func(say func(string)) { say(`{"protocol": 1, "families": {"cache": {"claims": []}}}`) }
	a.refuse = func(_ string, say func(string)) error {
		say(`{"id": null, "error": "invalid", "text": "no question"}`)
		return nil
	}
	a.answer = func(q question, say func(string)) { say(a.reply(q)) }
	return a
}

// run serves until the input ends.
func (a *adapter) run(in <-chan string, say func(string)) error {
	a.greet(say)
	for line := range in {
		if len(line) > a.limit {
			return fmt.Errorf("a line of %d bytes is too long", len(line))
		}
		var q question
		if err := json.Unmarshal([]byte(line), &q); err != nil || q.Op == nil || q.ID == nil || !a.read(line) {
			if err := a.refuse(line, say); err != nil {
				return err
			}
			continue
		}
		a.answer(q, say)
	}
	return a.end()
}

// reply is the line that answers q.
func (a *adapter) reply(q question) string {
	switch *q.Op {
	case "advance":
		return good(q, "null")
	case "drop":
		return bad(q, "invalid", "it is not open")
	case "echo":
		raw, given := q.Args["value"]
		if !given {
			return bad(q, "invalid", "no value")
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return bad(q, "invalid", err.Error())
		}
		v, err := a.value(v)
		if err != nil {
			return bad(q, "invalid", err.Error())
		}
		text, err := json.Marshal(v)
		if err != nil {
			return bad(q, "other", err.Error())
		}
		return good(q, string(text))
	}
	return bad(q, "unsupported", "no operation "+*q.Op)
}

func good(q question, ok string) string { return `{"id": ` + string(q.ID) + `, "ok": ` + ok + `}` }

func bad(q question, kind, text string) string {
	return fmt.Sprintf(`{"id": %s, "error": %q, "text": %q}`, q.ID, kind, text)
}

// whole checks a value and leaves it as it is.
func whole(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if _, err := whole(e); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if len(v) != 1 {
			return nil, errors.New("want one member")
		}
		for kind, x := range v {
			if err := valid(kind, x); err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
		}
	}
	return v, nil
}

func valid(kind string, x any) error {
	text, _ := x.(string)
	switch kind {
	case "int":
		if _, ok := new(big.Int).SetString(text, 10); !ok {
			return errors.New("no integer")
		}
	case "float":
		_, err := strconv.ParseFloat(text, 64)
		return err
	case "bytes":
		_, err := hex.DecodeString(text)
		return err
	case "dict":
		pairs, _ := x.([]any)
		for _, p := range pairs {
			if pair, _ := p.([]any); len(pair) != 2 {
				return errors.New("no pair")
			}
		}
	default:
		return errors.New("no such kind")
	}
	return nil
}

// A program is an adapter that runs, behind the port of the family.
type program struct {
	a     *adapter
	in    chan string   // with room for all that a check says
	ended chan struct{} // closed when it has; err is set
	err   error

	mu    sync.Mutex
	over  bool // in is closed
	dead  bool // lines is closed
	lines chan string
}

// start runs a until kill.
func start(a *adapter) *program {
	p := &program{a: a, in: make(chan string, 1<<10), lines: make(chan string, 1<<10), ended: make(chan struct{})}
	go func() { // ended by kill
		defer close(p.ended)
		p.err = a.run(p.in, p.say)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.dead = true
		close(p.lines)
	}()
	return p
}

// say writes a line of the program, unless it has ended.
func (p *program) say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.dead {
		p.lines <- line
	}
}

func (p *program) Say(line string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return io.ErrClosedPipe
	}
	p.in <- line
	return nil
}

func (p *program) Hear(ctx context.Context) (string, error) {
	select {
	case line, ok := <-p.lines:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// kill ends the program and waits for it.
func (p *program) kill() {
	close(p.a.killed)
	_ = p.End() // which does not fail
	<-p.ended
}

func (p *program) End() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		close(p.in)
	}
	p.over = true
	return nil
}

func (p *program) Wait(ctx context.Context) error {
	select {
	case <-p.ended:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
