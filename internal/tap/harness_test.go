package tap_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/internal/tap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rules is a judge that decides by the name of the command.
type rules map[string]tap.Verdict

func (r rules) Judge(c *tap.Command) tap.Verdict { return r[strings.ToUpper(c.Args[0])] }
func (r rules) Dial(string) error                { return nil }

// dial connects through a new tap to a new fake.
func dial(t *testing.T, judges ...tap.Judge) (*tap.Tap, net.Conn) {
	t.Helper()
	m := miniredis.RunT(t)
	w := &tap.Tap{}
	for _, j := range judges {
		w.Appoint(j)
	}
	return w, open(t, w, m.Addr())
}

func open(t *testing.T, w *tap.Tap, addr string) net.Conn {
	t.Helper()
	conn, err := w.Wrap((&net.Dialer{}).DialContext)(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// send writes commands, given as words, in one piece.
func send(t *testing.T, conn net.Conn, commands ...string) {
	t.Helper()
	var b strings.Builder
	for _, command := range commands {
		words := strings.Fields(command)
		fmt.Fprintf(&b, "*%d\r\n", len(words))
		for _, word := range words {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
		}
	}
	raw(t, conn, b.String())
}

func raw(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if n, err := io.WriteString(conn, text); err != nil || n != len(text) {
		t.Fatalf("write %q = %d, %v", text, n, err)
	}
}

func expect(t *testing.T, conn io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(conn, got)
	if err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got[:n], err, want)
	}
}

func lines(cmds []tap.Command) (out []string) {
	for _, c := range cmds {
		line := fmt.Sprintf("trip %d: %s -> %c%s", c.Trip, strings.Join(c.Args, " "), c.Reply.Type, c.Reply.Text)
		if c.Reply.Type == 0 {
			line = fmt.Sprintf("trip %d: %s -> none", c.Trip, strings.Join(c.Args, " "))
		}
		if c.Fault != "" {
			line += " (" + c.Fault + ")"
		}
		out = append(out, line)
	}
	return out
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
