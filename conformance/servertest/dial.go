package servertest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// An address is a server behind a URL.
type address struct {
	network, addr  string
	tls            *tls.Config // nil means none
	user, password string
	db             int
}

// Open is the server at a URL: redis://[user:password@]host[:port][/db],
// rediss:// for TLS, unix:///path/to/socket[?db=n]. Nothing is dialled yet.
func Open(raw string) (Server, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the URL cannot be read: want redis://host:port/db") // the error would show the password
	}
	a := address{network: "tcp", addr: net.JoinHostPort(cmp.Or(u.Hostname(), "127.0.0.1"), cmp.Or(u.Port(), "6379"))}
	number := strings.Trim(u.Path, "/")
	switch u.Scheme {
	case "redis":
	case "rediss":
		a.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	case "unix":
		a.network, a.addr, number = "unix", u.Path, u.Query().Get("db")
	default:
		return nil, fmt.Errorf("the URL %s: want redis://, rediss:// or unix://", u.Redacted())
	}
	a.user = u.User.Username()
	a.password, _ = u.User.Password()
	if a.db, err = strconv.Atoi(cmp.Or(number, "0")); err != nil || a.db < 0 {
		return nil, fmt.Errorf("the URL %s: its database %q is no number", u.Redacted(), number)
	}
	return a, nil
}

// Dial implements Server.
func (a address) Dial(ctx context.Context) (Conn, error) {
	nc, err := (&net.Dialer{}).DialContext(ctx, a.network, a.addr)
	if err != nil {
		return nil, err
	}
	if a.tls != nil {
		nc = tls.Client(nc, a.tls)
	}
	c := &wire{nc: nc, in: resp.NewReader(nc, resp.Limits{})}
	if err := c.begin(ctx, a); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	return c, nil
}

// A wire is a connection that speaks RESP.
type wire struct {
	nc net.Conn
	in *resp.Reader
}

func (c *wire) begin(ctx context.Context, a address) error {
	if a.password != "" {
		args := []string{"AUTH", a.user, a.password}
		if a.user == "" {
			args = []string{"AUTH", a.password}
		}
		if err := c.expectOK(ctx, args); err != nil {
			return fmt.Errorf("AUTH: %w", err)
		}
	}
	if a.db != 0 {
		if err := c.expectOK(ctx, []string{"SELECT", strconv.Itoa(a.db)}); err != nil {
			return fmt.Errorf("SELECT %d: %w", a.db, err)
		}
	}
	return nil
}

func (c *wire) expectOK(ctx context.Context, args []string) error {
	if err := c.Send(ctx, args...); err != nil {
		return err
	}
	v, err := c.Receive(ctx)
	if err != nil {
		return err
	}
	if e, is := v.(Error); is {
		return e
	}
	return nil
}

// until bounds reading and writing by ctx; the returned function lifts that.
func (c *wire) until(ctx context.Context) func() bool {
	return context.AfterFunc(ctx, func() { _ = c.nc.SetDeadline(time.Unix(1, 0)) }) // a closed connection has no deadline to set
}

// Send implements Conn.
func (c *wire) Send(ctx context.Context, args ...string) error {
	defer c.until(ctx)()
	_, err := c.nc.Write(resp.AppendCommand(nil, args...))
	return err
}

// Receive implements Conn.
func (c *wire) Receive(ctx context.Context) (any, error) {
	defer c.until(ctx)()
	v, err := c.in.Value()
	if err != nil {
		return nil, err
	}
	return plain(v), nil
}

// Close implements Conn.
func (c *wire) Close() error { return c.nc.Close() }

// plain is a reply in the types of Go.
func plain(v resp.Value) any {
	switch {
	case v.Null:
		return nil
	case v.IsError():
		return Error(v.Str)
	}
	switch v.Kind {
	case resp.Int:
		return v.Int64()
	case resp.Array, resp.Set, resp.Push, resp.Map:
		list := make([]any, len(v.Elems))
		for i, e := range v.Elems {
			list[i] = plain(e)
		}
		return list
	default:
		return v.Str
	}
}
