package differ

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// A Target is one server to run the corpus on.
type Target struct {
	Name    string
	Dial    func(context.Context) (net.Conn, error)
	Advance func(time.Duration) // nil: time passes by itself
}

// stepLimit is how long one reply may take.
const stepLimit = 2 * time.Second

// Run runs a case on a target and returns a reply for each step; a step that
// reads nothing has a null. A server that hangs up is the reply "closed".
func (t Target) Run(ctx context.Context, c Case, protocol int) ([]resp.Value, error) {
	r := &run{target: t, ctx: ctx, protocol: protocol, conns: map[int]*conn{}}
	defer r.close()
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("%s: begin %s: %w", t.Name, c.Name, err)
	}
	replies := make([]resp.Value, len(c.Steps))
	for i, step := range c.Steps {
		var err error
		if replies[i], err = r.step(step); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", t.Name, c.ID(i, protocol), err)
		}
	}
	return replies, nil
}

// run is one case under way.
type run struct {
	target   Target
	ctx      context.Context
	protocol int
	conns    map[int]*conn // 0 is for the run's own questions
}

type conn struct {
	net.Conn
	r *resp.Reader
}

func (r *run) close() {
	for _, c := range r.conns {
		c.Close()
	}
}

func (r *run) begin() error {
	for _, args := range [][]string{{"FLUSHALL"}, {"SCRIPT", "FLUSH"}, {"CONFIG", "SET", "notify-keyspace-events", ""}, {"CONFIG", "RESETSTAT"}} {
		if v, err := r.ask(args...); err != nil || v.IsError() {
			return fmt.Errorf("%v: %v, %w", args, v, err)
		}
	}
	return nil
}

// ask runs a request of the run itself.
func (r *run) ask(args ...string) (resp.Value, error) {
	c, err := r.conn(0)
	if err != nil {
		return resp.Value{}, err
	}
	return c.do(args)
}

func (r *run) conn(n int) (*conn, error) {
	if c := r.conns[n]; c != nil {
		return c, nil
	}
	nc, err := r.target.Dial(r.ctx)
	if err != nil {
		return nil, err
	}
	c := &conn{nc, resp.NewReader(nc, resp.Limits{})}
	r.conns[n] = c
	if n > 0 && r.protocol == 3 {
		if v, err := c.do([]string{"HELLO", "3"}); err != nil || v.IsError() {
			return nil, fmt.Errorf("HELLO 3: %v, %w", v, err)
		}
	}
	return c, nil
}

func (c *conn) do(args []string) (resp.Value, error) {
	if err := c.send(args); err != nil {
		return resp.Value{}, err
	}
	return c.read()
}

func (c *conn) send(args []string) error {
	_, err := c.Write(resp.AppendCommand(nil, args...))
	return err
}

func (c *conn) read() (resp.Value, error) {
	if err := c.SetReadDeadline(time.Now().Add(stepLimit)); err != nil {
		return resp.Value{}, err
	}
	v, err := c.r.Value()
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return resp.Value{Kind: resp.Error, Str: "SILENT no reply"}, nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || err != nil && strings.Contains(err.Error(), "reset by peer"):
		return resp.Value{Kind: resp.Error, Str: "CLOSED by the server"}, nil
	case err != nil:
		return resp.Value{Kind: resp.Error, Str: "GARBLED " + err.Error()}, nil
	}
	return v, nil
}

func (r *run) step(s Step) (resp.Value, error) {
	if s.Advance > 0 {
		return resp.Value{Null: true}, r.advance(s.Advance)
	}
	c, err := r.conn(s.Conn)
	if err != nil {
		return resp.Value{}, err
	}
	if s.Args == nil {
		return c.read()
	}
	before := 0
	if s.Blocks {
		if before, err = r.blocked(); err != nil {
			return resp.Value{}, err
		}
	}
	if err := c.send(s.Args); err != nil {
		return resp.Value{Kind: resp.Error, Str: "CLOSED by the server"}, nil
	}
	switch {
	case s.Blocks:
		return resp.Value{Null: true}, r.awaitBlocked(before)
	case s.Unread:
		return resp.Value{Null: true}, nil
	}
	return c.read()
}

func (r *run) advance(d time.Duration) error {
	if r.target.Advance != nil {
		r.target.Advance(d)
		return nil
	}
	select {
	case <-time.After(d):
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// awaitBlocked waits until the server has more blocked clients than before,
// or for a moment: an old one does not know every command that blocks.
func (r *run) awaitBlocked(before int) error {
	for deadline := time.Now().Add(stepLimit / 4); time.Now().Before(deadline); {
		if n, err := r.blocked(); err != nil || n > before {
			return err
		}
	}
	return nil
}

// blocked is the number of blocked clients.
func (r *run) blocked() (int, error) {
	v, err := r.ask("INFO", "clients")
	_, rest, _ := strings.Cut(v.Str, "blocked_clients:")
	line, _, _ := strings.Cut(rest, "\r\n")
	n, _ := strconv.Atoi(line)
	return n, err
}
