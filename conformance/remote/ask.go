package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// patience is how long an answer may take: less than a suite waits for a
// check, so that the report names the question.
const patience = 15 * time.Second

// forever is for questions that wait for something to happen.
const forever = time.Duration(1<<63 - 1)

// A question waits for its answer; compute serves a call back.
type question struct {
	op      string
	answer  chan message
	compute func() (any, error)
}

// A message is a line of the child. It answers with one of ok, error and call.
type message struct {
	ID    *int            `json:"id"`
	OK    json.RawMessage `json:"ok"`
	Error *string         `json:"error"`
	Text  string          `json:"text"`
	Call  bool            `json:"call"`
}

// read returns the message in a line, or what is wrong with it.
func readMessage(line string) (message, error) {
	var m message
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return m, fmt.Errorf("%w: a line is no message: %s: %w", ErrProtocol, short(line), err)
	}
	forms := 0
	for _, is := range []bool{m.OK != nil, m.Error != nil, m.Call} {
		if is {
			forms++
		}
	}
	switch {
	case m.ID == nil && m.Error != nil:
		return m, fmt.Errorf("%w: the child cannot read a question: %s", ErrProtocol, short(line))
	case m.ID == nil:
		return m, fmt.Errorf("%w: a line answers no question: %s", ErrProtocol, short(line))
	case forms != 1:
		return m, fmt.Errorf(`%w: want exactly one of "ok", "error" and "call" in an answer: %s`, ErrProtocol, short(line))
	case m.Error != nil:
		if _, known := kindOf(*m.Error); !known {
			return m, fmt.Errorf("%w: there is no kind of error %q: %s", ErrProtocol, *m.Error, short(line))
		}
	}
	return m, nil
}

// deliver hands a line to whom it answers.
func (p *Process) deliver(line string) error {
	m, err := readMessage(line)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	q, asked := p.waiting[*m.ID]
	switch {
	case !asked && p.abandoned[*m.ID]:
		if !m.Call {
			delete(p.abandoned, *m.ID)
		}
		return nil
	case !asked:
		return fmt.Errorf("%w: a line answers question %d, which nobody asked or which is answered: %s", ErrProtocol, *m.ID, short(line))
	case m.Call && q.compute == nil:
		return fmt.Errorf("%w: %s asks back, and only get_or_set may, once: %s", ErrProtocol, q.op, short(line))
	case m.Call:
		q.answer <- m // there is room for two
		q.compute = nil
		return nil
	}
	delete(p.waiting, *m.ID)
	q.answer <- m
	return nil
}

// put takes down a question and gives it a number.
func (p *Process) put(q *question) (id int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return 0, p.broken
	}
	p.next++
	p.waiting[p.next] = q
	return p.next, nil
}

// abandon forgets a question that has no answer yet.
func (p *Process) abandon(id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, waits := p.waiting[id]; waits {
		delete(p.waiting, id)
		p.abandoned[id] = true
	}
}

// gone is the error of a question that a child cannot answer any more.
func (p *Process) gone(op string, err error) error {
	return fmt.Errorf("%s: %w: %w%s", op, kinds()["unavailable"], err, p.pipe.Complaint())
}

// ask sends an operation and decodes its answer into result, a pointer or nil.
func (p *Process) ask(ctx context.Context, name, op string, args map[string]any, compute func() (any, error), result any) error {
	return p.askFor(ctx, patience, name, op, args, compute, result)
}

// askFor is ask with another patience.
func (p *Process) askFor(ctx context.Context, patience time.Duration, name, op string, args map[string]any, compute func() (any, error), result any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sent, err := encodeArgs(op, args)
	if err != nil {
		return err
	}
	q := &question{op: op, answer: make(chan message, 2), compute: compute}
	id, err := p.put(q)
	if err != nil {
		return p.gone(op, err)
	}
	defer p.abandon(id)
	if err := p.say(map[string]any{"id": id, "cache": name, "op": op, "args": sent}); err != nil {
		return p.gone(op, err)
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	var failed error // of compute
	for {
		select {
		case m, ok := <-q.answer:
			switch {
			case !ok:
				return p.gone(op, p.why())
			case m.Call:
				if failed = p.reply(id, compute); failed != nil && !errors.Is(failed, errReplied) {
					return failed
				}
			case failed != nil:
				return errors.Unwrap(failed)
			case m.Error != nil:
				kind, _ := kindOf(*m.Error)
				return fmt.Errorf("%s: %w: %s", op, kind, m.Text)
			case result == nil:
				return nil
			default:
				if err := json.Unmarshal(m.OK, result); err != nil {
					return fmt.Errorf("%s: %w: the answer is %s: %w", op, ErrProtocol, short(string(m.OK)), err)
				}
				return nil
			}
		case <-limit.C:
			return fmt.Errorf("%s: the child has not answered within %v", op, patience)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell performs an operation whose answer does not matter.
func (p *Process) tell(ctx context.Context, name, op string, args map[string]any) error {
	return p.ask(ctx, name, op, args, nil, nil)
}

// value performs an operation and decodes the value that it answers.
func (p *Process) value(ctx context.Context, name, op string, args map[string]any) (any, error) {
	var raw any
	if err := p.ask(ctx, name, op, args, nil, &raw); err != nil {
		return nil, err
	}
	return decode(raw)
}

// encodeArgs describes arguments as the protocol does.
func encodeArgs(op string, args map[string]any) (map[string]any, error) {
	sent := make(map[string]any, len(args))
	for name, v := range args {
		encoded, err := encode(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w: %w", op, name, kinds()["serialize"], err)
		}
		sent[name] = encoded
	}
	return sent, nil
}

// errReplied marks an error of compute that the child was told.
var errReplied = errors.New("told the child")

// A told error is one of compute: the caller gets it as it is.
type told struct{ error }

func (t told) Unwrap() error        { return t.error }
func (t told) Is(target error) bool { return target == errReplied }

// reply computes the value that the child asks for.
func (p *Process) reply(id int, compute func() (any, error)) error {
	v, err := compute()
	if err == nil {
		var encoded any
		if encoded, err = encode(v); err == nil {
			return p.say(map[string]any{"id": id, "reply": map[string]any{"value": encoded}})
		}
		err = fmt.Errorf("%w: %w", kinds()["serialize"], err)
	}
	if sent := p.say(map[string]any{"id": id, "reply": map[string]any{"error": err.Error()}}); sent != nil {
		return sent
	}
	return told{err}
}
