// Package mutant holds broken servers: each is a sound one behind a connection
// that changes what is asked or answered, as a server with one bug would. The
// suite must catch every one of them, and every requirement at least one.
package mutant

import (
	"context"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/servertest"
)

// A Mutant is a server with one bug.
type Mutant struct {
	Area string // the area of requirements that judges it
	Name string // what the bug does, in words joined by hyphens
	// Native says that only a real server of the run's own shows the bug.
	Native bool
	// Make builds the bug, whose state is that of one server.
	Make func() Bug
}

// A Bug changes what passes between a client and a sound server. A nil field
// changes nothing.
type Bug struct {
	// Ask is what the server is asked instead of args.
	Ask func(s *Session, args []string) []string
	// Refuse answers instead of the server, unless it returns nothing.
	Refuse func(s *Session, args []string) (reply any, refused bool)
	// Answer is what the client is told instead of reply.
	Answer func(s *Session, args []string, reply any) any
	// Message is what a subscriber is sent instead of m; false swallows it.
	Message func(s *Session, m []any) (any, bool)
	// Closed runs when the client hangs up.
	Closed func(s *Session)
}

// A Session is what a bug sees of one connection.
type Session struct {
	DB     string     // chosen by SELECT
	Multi  bool       // between MULTI and its end
	Queued [][]string // in the transaction
	Wait   [][]string // asked and not answered yet
	// Side asks the sound server on a connection of its own.
	Side func(args ...string) any
}

// All returns every mutant.
func All() []Mutant {
	return slices.Concat(connections(), values(), expiries(), keys(), lists(), collections(), sorted(),
		messages(), transactions(), scripts(), monitoring(), limits(), rights())
}

// Into returns subject with the bug in it.
func (m Mutant) Into(subject servertest.Subject) conformance.Subject[servertest.Server] {
	subject.Name += " with " + m.Name
	build := subject.New
	subject.New = func(tb conformance.TB) servertest.Server { return server{build(tb), m.Make()} }
	return subject.Conformance()
}

type server struct {
	sound servertest.Server
	bug   Bug
}

// Dial implements servertest.Server.
func (s server) Dial(ctx context.Context) (servertest.Conn, error) {
	c, err := s.sound.Dial(ctx)
	if err != nil {
		return nil, err
	}
	session := &Session{Side: func(args ...string) any { return s.side(context.WithoutCancel(ctx), args) }}
	return &conn{Conn: c, bug: s.bug, s: session}, nil
}

func (s server) side(ctx context.Context, args []string) any {
	c, err := s.sound.Dial(ctx)
	if err != nil {
		return servertest.Error("ERR " + err.Error())
	}
	defer c.Close()
	if err = c.Send(ctx, args...); err == nil {
		var v any
		if v, err = c.Receive(ctx); err == nil {
			return v
		}
	}
	return servertest.Error("ERR " + err.Error())
}

// A conn passes commands and replies through the bug. It belongs to the one
// goroutine of a check.
type conn struct {
	servertest.Conn
	bug    Bug
	s      *Session
	canned []*any // for each of s.Wait the answer that needs no server, or nil
}

// Send implements servertest.Conn.
func (c *conn) Send(ctx context.Context, args ...string) error {
	if c.bug.Refuse != nil {
		if reply, refused := c.bug.Refuse(c.s, args); refused {
			c.s.Wait, c.canned = append(c.s.Wait, args), append(c.canned, &reply)
			return nil
		}
	}
	c.follow(args)
	asked := args
	if c.bug.Ask != nil {
		asked = c.bug.Ask(c.s, slices.Clone(args))
	}
	if !strings.HasSuffix(strings.ToUpper(args[0]), "SUBSCRIBE") || asked[0] != args[0] { // that is confirmed by messages
		c.s.Wait, c.canned = append(c.s.Wait, args), append(c.canned, nil)
	}
	return c.Conn.Send(ctx, asked...)
}

func (c *conn) follow(args []string) {
	switch strings.ToUpper(args[0]) {
	case "SELECT":
		c.s.DB = args[1]
	case "MULTI":
		c.s.Multi = true
	case "EXEC", "DISCARD", "RESET":
		c.s.Multi, c.s.Queued = false, nil
	default:
		if c.s.Multi {
			c.s.Queued = append(c.s.Queued, args)
		}
	}
}

// kinds of what a subscribed connection is sent.
var kinds = []string{"message", "pmessage", "subscribe", "unsubscribe", "psubscribe", "punsubscribe"}

// Receive implements servertest.Conn.
func (c *conn) Receive(ctx context.Context) (any, error) {
	for {
		if len(c.canned) > 0 && c.canned[0] != nil {
			reply := *c.canned[0]
			c.s.Wait, c.canned = c.s.Wait[1:], c.canned[1:]
			return reply, nil
		}
		v, err := c.Conn.Receive(ctx)
		if err != nil {
			return nil, err
		}
		if m, is := v.([]any); is && len(m) > 2 {
			if kind, _ := m[0].(string); slices.Contains(kinds, kind) {
				if c.bug.Message == nil {
					return m, nil
				}
				if changed, kept := c.bug.Message(c.s, m); kept {
					return changed, nil
				}
				continue
			}
		}
		if len(c.s.Wait) == 0 {
			return v, nil
		}
		args := c.s.Wait[0]
		c.s.Wait, c.canned = c.s.Wait[1:], c.canned[1:]
		if c.bug.Answer != nil {
			v = c.bug.Answer(c.s, args, v)
		}
		return v, nil
	}
}

// Close implements servertest.Conn.
func (c *conn) Close() error {
	err := c.Conn.Close()
	if c.bug.Closed != nil {
		c.bug.Closed(c.s)
	}
	return err
}
