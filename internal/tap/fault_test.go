package tap_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

func TestAJudgeSeesARequestWhole(t *testing.T) {
	t.Parallel()
	_, conn := dial(t, rules{"SET": {Answer: []byte("-OOM x\r\n")}})
	for _, piece := range []string{"*3\r\n$3\r\nSE", "T\r\n$1\r\n", "a\r\n$1\r\nb\r", "\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n"} {
		raw(t, conn, piece)
	}
	expect(t, conn, "-OOM x\r\n$-1\r\n")
}

func TestALostRequestBreaksTheConnection(t *testing.T) {
	t.Parallel()
	w, conn := dial(t, rules{"INCR": {Lose: true, Name: "drop"}})
	send(t, conn, "SET a 1", "INCR a")
	_, err := io.Copy(io.Discard, conn)
	if !errors.Is(err, syscall.ECONNRESET) || !strings.Contains(err.Error(), "drop") {
		t.Errorf("read after a lost request: %v, want ECONNRESET naming the fault", err)
	}
	if _, err := conn.Write([]byte("PING\r\n")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("write after a lost request: %v, want ECONNRESET", err)
	}
	got := lines(w.Recent())
	equal(t, got[len(got)-1:], []string{"trip 1: SET a 1 -> none"})
}

func TestAHiddenReplyBreaksTheConnectionAfterTheOthers(t *testing.T) {
	t.Parallel()
	w, conn := dial(t, rules{"INCR": {Hide: true, Name: "hide"}})
	send(t, conn, "SET a 1", "INCR a", "GET a")
	expect(t, conn, "+OK\r\n")
	if n, err := conn.Read(make([]byte, 9)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read the hidden reply = %d, %v, want ECONNRESET", n, err)
	}
	equal(t, lines(w.Recent())[:2], []string{"trip 1: SET a 1 -> +OK", "trip 1: INCR a -> none (hide)"})
}

func TestAReplyIsCutAfterSomeBytes(t *testing.T) {
	t.Parallel()
	for after, want := range map[int]string{0: "", 3: "$5\r", 6: "$5\r\nhe", 99: "$5\r\nhello\r\n"} {
		_, conn := dial(t, rules{"GET": {Cut: true, After: after}})
		send(t, conn, "SET a hello")
		expect(t, conn, "+OK\r\n")
		send(t, conn, "GET a")
		got, err := io.ReadAll(conn)
		if string(got) != want || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read a reply cut after %d bytes: %q, %v, want %q, ECONNRESET", after, got, err, want)
		}
	}
}

func TestADelayedReplyObeysTheReadDeadline(t *testing.T) {
	t.Parallel()
	_, conn := dial(t, rules{"GET": {Delay: 200 * time.Millisecond}})
	send(t, conn, "GET a", "PING")
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 9)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read before the delay has passed = %d, %v, want a timeout", n, err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	expect(t, conn, "$-1\r\n+PONG\r\n")
}

func TestADelayEndsWhenItIsFreed(t *testing.T) {
	t.Parallel()
	free := make(chan struct{})
	w, conn := dial(t, rules{"GET": {Delay: tap.Forever, Free: free}})
	send(t, conn, "GET a")
	var wg sync.WaitGroup
	wg.Go(func() { expect(t, conn, "$-1\r\n") })
	close(free)
	wg.Wait()
	if c := w.Recent()[0]; c.Took > time.Minute {
		t.Errorf("the reply took %v, want the time until it arrived", c.Took)
	}
}

func TestCloseEndsADelayedRead(t *testing.T) {
	t.Parallel()
	w, conn := dial(t, rules{"GET": {Delay: time.Hour}})
	send(t, conn, "GET a")
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := conn.Read(make([]byte, 9)); err == nil {
			t.Errorf("read = %d, nil, want an error", n)
		}
	})
	_ = conn.Close()
	wg.Wait()
	if open := w.Conns(); len(open) != 0 {
		t.Errorf("%d connections are open after Close", len(open))
	}
}

func TestCutWakesAReader(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := conn.Read(make([]byte, 9)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read on a cut connection: %v, want ECONNRESET", err)
		}
	})
	for _, c := range w.Conns() {
		c.Cut("test")
	}
	wg.Wait()
	if open := w.Conns(); len(open) != 1 {
		t.Errorf("%d connections, want 1: a cut connection is still its client's to close", len(open))
	}
}

// cutting is a judge that has the connection cut while its writer waits.
type cutting struct{ w *tap.Tap }

func (c cutting) Judge(*tap.Command) tap.Verdict {
	for _, open := range c.w.Conns() {
		open.Cut("test")
	}
	return tap.Verdict{}
}

func (cutting) Dial(string) error { return nil }

func TestCutFailsAWriteThatHasBegun(t *testing.T) {
	t.Parallel()
	w, conn := dial(t)
	w.Appoint(cutting{w})
	if _, err := conn.Write([]byte("PING\r\n")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("write on a connection cut meanwhile: %v, want ECONNRESET", err)
	}
}
