package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// idleWires is how many connections wait for the next questions.
const idleWires = 8

// wires are connections of the house's own on which requests go out together
// and the replies are read in their order. A lease asks two such questions,
// and a go-redis client would take longer over each than the server does.
type wires struct {
	end  Endpoint
	open func(context.Context) (net.Conn, error)

	mu   sync.Mutex
	idle []*wire
}

type wire struct {
	net.Conn
	replies *resp.Reader
	out     []byte
}

// ask sends requests and returns their replies, none of which is an error. It
// sends them again if a connection turns out to have ended while it was idle.
func (w *wires) ask(ctx context.Context, requests ...[]string) ([]resp.Value, error) {
	for {
		one, used, err := w.take(ctx)
		if err != nil {
			return nil, err
		}
		replies, err := one.ask(ctx, requests)
		if err == nil {
			w.put(one)
			return replies, nil
		}
		_ = one.Close()
		var refused replyError
		if used && ctx.Err() == nil && !errors.As(err, &refused) {
			continue
		}
		return nil, err
	}
}

// take returns a connection that was idle, or a new one.
func (w *wires) take(ctx context.Context) (one *wire, used bool, err error) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		one = w.idle[n-1]
		w.idle = w.idle[:n-1]
	}
	w.mu.Unlock()
	if one != nil {
		return one, true, nil
	}
	conn, err := w.open(ctx)
	if err != nil {
		return nil, false, err
	}
	one = &wire{Conn: conn, replies: resp.NewReader(conn, resp.Limits{})}
	if w.end.Password == "" {
		return one, false, nil
	}
	if _, err := one.ask(ctx, [][]string{w.end.login()}); err != nil {
		return nil, false, errors.Join(err, conn.Close())
	}
	return one, false, nil
}

func (w *wires) put(one *wire) {
	w.mu.Lock()
	room := len(w.idle) < idleWires
	if room {
		w.idle = append(w.idle, one)
	}
	w.mu.Unlock()
	if !room {
		_ = one.Close()
	}
}

// close closes the connections that are idle.
func (w *wires) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.idle {
		_ = one.Close()
	}
	w.idle = nil
}

// A replyError is what a server answered instead of what it was asked for.
type replyError string

func (e replyError) Error() string { return string(e) }

func (w *wire) ask(ctx context.Context, requests [][]string) ([]resp.Value, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(endLimit)
	}
	if err := w.SetDeadline(deadline); err != nil {
		return nil, err
	}
	w.out = w.out[:0]
	for _, words := range requests {
		w.out = appendRequest(w.out, words)
	}
	if _, err := w.Write(w.out); err != nil {
		return nil, err
	}
	replies := make([]resp.Value, len(requests))
	for i, words := range requests {
		var err error
		if replies[i], err = w.replies.Value(); err != nil {
			return nil, err
		}
		if replies[i].IsError() {
			return nil, fmt.Errorf("%s: %w", words[0], replyError(replies[i].Str))
		}
	}
	return replies, nil
}

func appendRequest(b []byte, words []string) []byte {
	b = append(strconv.AppendInt(append(b, '*'), int64(len(words)), 10), "\r\n"...)
	for _, word := range words {
		b = append(strconv.AppendInt(append(b, '$'), int64(len(word)), 10), "\r\n"...)
		b = append(append(b, word...), "\r\n"...)
	}
	return b
}
