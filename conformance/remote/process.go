package remote

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// A Process is a child that serves caches. It is safe for concurrent use.
// Close it.
type Process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *tail
	done   chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	next    int
	waiting map[int]*question
	broken  error // why no more answers come
}

// A question waits for its answer; compute serves a call back.
type question struct {
	answer  chan message
	compute func() (any, error)
}

type message struct {
	ID       int             `json:"id"`
	OK       json.RawMessage `json:"ok"`
	Error    string          `json:"error"`
	Text     string          `json:"text"`
	Call     bool            `json:"call"`
	Protocol int             `json:"protocol"`
}

// Start runs the program and waits until it says the version of its protocol.
// The child ends with Close, or when this process does.
func Start(ctx context.Context, name string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(name, args...), stderr: &tail{}, done: make(chan struct{}), waiting: make(map[int]*question)}
	p.cmd.Stderr = p.stderr
	p.cmd.WaitDelay = time.Second
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	hello := make(chan error, 1)
	go p.read(bufio.NewReader(stdout), hello) // ended by the child's exit, awaited by Close
	select {
	case err = <-hello:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w: %s", name, err, p.stderr), p.Close())
	}
	return p, nil
}

// Close ends the child and waits for it.
func (p *Process) Close() error {
	_ = p.stdin.Close() // which ends it
	end := time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer end.Stop()
	<-p.done
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("end the child: %w: %s", err, p.stderr)
	}
	return nil
}

// read hands answers to those who wait until the child ends.
func (p *Process) read(out *bufio.Reader, hello chan<- error) {
	defer close(p.done)
	greeted := false
	for {
		line, err := out.ReadBytes('\n')
		var m message
		if err == nil {
			err = json.Unmarshal(line, &m)
		}
		switch {
		case err != nil:
			p.fail(fmt.Errorf("the child gave up: %w", err))
			if !greeted {
				hello <- err
			}
			if !errors.Is(err, io.EOF) {
				_ = p.cmd.Process.Kill()
			}
			return
		case !greeted:
			greeted = true
			if m.Protocol != 1 {
				err = fmt.Errorf("the child speaks protocol %d, want 1", m.Protocol)
			}
			hello <- err
		default:
			p.deliver(m)
		}
	}
}

func (p *Process) deliver(m message) {
	p.mu.Lock()
	q := p.waiting[m.ID]
	p.mu.Unlock()
	if q != nil {
		q.answer <- m
	}
}

func (p *Process) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = err
	for _, q := range p.waiting {
		close(q.answer)
	}
	clear(p.waiting)
}

func (p *Process) send(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return p.broken
	}
	_, err = p.stdin.Write(append(line, '\n'))
	return err
}

// ask sends an operation and decodes its answer into result, a pointer or nil.
func (p *Process) ask(ctx context.Context, cache, op string, args map[string]any, compute func() (any, error), result any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q := &question{answer: make(chan message, 2), compute: compute}
	p.mu.Lock()
	if p.broken != nil {
		p.mu.Unlock()
		return fmt.Errorf("%w: %w", cachetest.ErrUnavailable, p.broken)
	}
	p.next++
	id := p.next
	p.waiting[id] = q
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.waiting, id)
		p.mu.Unlock()
	}()
	if err := p.send(map[string]any{"id": id, "cache": cache, "op": op, "args": args}); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	var failed error // of compute
	for {
		select {
		case m, ok := <-q.answer:
			switch {
			case !ok:
				return fmt.Errorf("%s: %w: the child ended: %s", op, cachetest.ErrUnavailable, p.stderr)
			case m.Call:
				if failed = p.reply(id, q.compute); failed != nil && !errors.Is(failed, errReplied) {
					return failed
				}
			case failed != nil:
				return errors.Unwrap(failed)
			case m.Error != "":
				return fmt.Errorf("%s: %w: %s", op, kindOf(m.Error), m.Text)
			case result == nil:
				return nil
			default:
				return json.Unmarshal(m.OK, result)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
			return p.send(map[string]any{"id": id, "reply": map[string]any{"value": encoded}})
		}
		err = fmt.Errorf("%w: %w", cachetest.ErrSerialize, err)
	}
	if sent := p.send(map[string]any{"id": id, "reply": map[string]any{"error": err.Error()}}); sent != nil {
		return sent
	}
	return told{err}
}

// kindOf is the port's error of a kind of the protocol.
func kindOf(kind string) error {
	for _, err := range []error{
		cachetest.ErrNotFound, cachetest.ErrNotInteger, cachetest.ErrUnavailable, cachetest.ErrWrongType,
	} {
		if err.Error() == kind {
			return err
		}
	}
	switch kind {
	case "overflow":
		return cachetest.ErrOverflow
	case "serialize":
		return cachetest.ErrSerialize
	case "deserialize":
		return cachetest.ErrDeserialize
	case "not owned":
		return cachetest.ErrNotOwned
	case "invalid":
		return cachetest.ErrInvalid
	case "unsupported":
		return errors.ErrUnsupported
	}
	return errors.New(kind)
}

// A tail keeps the end of what the child wrote to its standard error.
type tail struct {
	mu   sync.Mutex
	text string
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(b)
	if most := 4096; len(t.text) > most {
		t.text = t.text[len(t.text)-most:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.text)
}
