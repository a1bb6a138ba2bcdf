package tap_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"golang.org/x/net/nettest"

	"github.com/redkit-dev/redkit/internal/tap"
)

func TestRoundTripsBeginWithAWriteAfterARead(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	send(t, conn, "SET a 1", "SET b 2")
	send(t, conn, "GET a")
	expect(t, conn, "+OK\r\n+OK\r\n$1\r\n1\r\n")
	send(t, conn, "INCR a")
	expect(t, conn, ":2\r\n")
	send(t, conn, "NOPE")
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "-ERR unknown") {
		t.Fatalf("read %q, %v", line, err)
	}
	got := lines(w.Recent())
	equal(t, got[:4], []string{"trip 1: SET a 1 -> +OK", "trip 1: SET b 2 -> +OK", "trip 1: GET a -> $", "trip 2: INCR a -> :2"})
	if !strings.HasPrefix(got[4], "trip 3: NOPE -> -ERR unknown") {
		t.Errorf("last command = %q", got[4])
	}
}

func TestAnAnswerComesInItsTurn(t *testing.T) {
	t.Parallel()
	w, conn := dial(t, rules{"INCR": {Answer: []byte("-LOADING wait\r\n"), Name: "loading"}})
	send(t, conn, "SET a 1", "INCR a", "GET a")
	expect(t, conn, "+OK\r\n-LOADING wait\r\n$1\r\n1\r\n")
	equal(t, lines(w.Recent()), []string{
		"trip 1: SET a 1 -> +OK", "trip 1: INCR a -> -LOADING wait (loading)", "trip 1: GET a -> $",
	})
}

func TestAnAnswerReachesAReaderThatWaits(t *testing.T) {
	t.Parallel()
	_, conn := dial(t, rules{"INCR": {Answer: []byte("-BUSY x\r\n")}})
	for range 20 {
		var wg sync.WaitGroup
		wg.Go(func() { expect(t, conn, "-BUSY x\r\n") })
		send(t, conn, "INCR a")
		wg.Wait()
		send(t, conn, "PING")
		expect(t, conn, "+PONG\r\n")
	}
}

func TestMessagesAreNoReplies(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"2", "3"} {
		w, conn := dial(t)
		in := bufio.NewReader(conn)
		skip := func(until string) {
			t.Helper()
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					t.Fatalf("RESP%s: %v", proto, err)
				}
				if line == until {
					return
				}
			}
		}
		send(t, conn, "HELLO "+proto)
		skip("*0\r\n") // no modules: the end of its reply, which holds a :2 as well
		send(t, conn, "SUBSCRIBE a b")
		skip(":2\r\n")
		if s := w.Conns()[0].State(); s.Subscribed != 2 || len(s.Waiting) > 0 {
			t.Errorf("RESP%s: state = %+v, want 2 subscriptions", proto, s)
		}
		send(t, open(t, w, conn.RemoteAddr().String()), "PUBLISH a hello")
		skip("hello\r\n")
		send(t, conn, "UNSUBSCRIBE")
		skip(":0\r\n")
		send(t, conn, "ECHO x")
		skip("x\r\n")
		if s := w.Conns()[0].State(); s.Subscribed != 0 || strings.Join(s.Last, " ") != "ECHO x" {
			t.Errorf("RESP%s: state = %+v, want no subscription and ECHO answered last", proto, s)
		}
	}
}

func TestSetupIsToldApart(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	send(t, conn, "CLIENT SETNAME me", "SELECT 3", "PING", "SELECT 4")
	expect(t, conn, "+OK\r\n+OK\r\n+PONG\r\n+OK\r\n")
	send(t, conn, "CLUSTER SLOTS", "CLUSTER KEYSLOT x")
	expect(t, conn, "*1\r\n*3\r\n:0\r\n")
	_ = conn.Close() // so that both are over
	var setup []bool
	for _, c := range w.Recent() {
		setup = append(setup, c.Setup)
	}
	if got, want := fmt.Sprint(setup), "[true true false false true false]"; got != want {
		t.Errorf("setup = %v, want %v", got, want)
	}
}

func TestObserversHearEveryCommandOnce(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	var got []tap.Command
	stop := w.Observe(func(c *tap.Command) { got = append(got, *c) })
	value := strings.Repeat("v", 1000)
	send(t, conn, "SET a "+value, "SUBSCRIBE c")
	expect(t, conn, "+OK\r\n*3\r\n")
	_ = conn.Close()
	stop()
	// SUBSCRIBE has no reply of its own and is told of when it is sent.
	equal(t, lines(got), []string{"trip 1: SUBSCRIBE c -> none", "trip 1: SET a " + value + " -> +OK"})
}

func TestTheRingKeepsTheLastCommands(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	for i := range 100 {
		send(t, conn, fmt.Sprint("ECHO ", i))
		expect(t, conn, fmt.Sprintf("$%d\r\n%d\r\n", len(fmt.Sprint(i)), i))
	}
	got := w.Recent()
	if len(got) != 32 || got[0].Args[1] != "68" || got[31].Args[1] != "99" || got[31].Took <= 0 {
		t.Errorf("the ring holds %v", lines(got))
	}
}

// TestConn holds the connection against the rules of net.Conn.
func TestConn(t *testing.T) {
	t.Parallel()
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, nil, err
		}
		defer l.Close()
		c1, err = (&tap.Tap{}).Wrap((&net.Dialer{}).DialContext)(context.Background(), "tcp", l.Addr().String())
		if err != nil {
			return nil, nil, nil, err
		}
		c2, err = l.Accept()
		return c1, c2, func() { _, _ = c1.Close(), c2.Close() }, err
	})
}

func BenchmarkPing(b *testing.B) {
	m := miniredis.RunT(b)
	plain := (&net.Dialer{}).DialContext
	watched := &tap.Tap{}
	judged := &tap.Tap{}
	judged.Appoint(rules{})
	for name, dial := range map[string]tap.Dialer{"bare": plain, "watched": watched.Wrap(plain), "judged": judged.Wrap(plain)} {
		b.Run(name, func(b *testing.B) {
			conn, err := dial(b.Context(), "tcp", m.Addr())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			b.ReportAllocs()
			in, request := make([]byte, 64), []byte("*1\r\n$4\r\nPING\r\n")
			for b.Loop() {
				if _, err := conn.Write(request); err != nil {
					b.Fatal(err)
				}
				if _, err := conn.Read(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
