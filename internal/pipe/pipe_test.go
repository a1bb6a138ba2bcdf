package pipe_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/internal/pipe"
	"golang.org/x/net/nettest"
)

func TestConn(t *testing.T) {
	t.Parallel()
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		a, b := pipe.New()
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}

func TestBytesBufferedBeforeCloseAreRead(t *testing.T) {
	t.Parallel()
	a, b := pipe.New()
	if _, err := a.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	a.Close()
	got, err := io.ReadAll(b)
	if err != nil || string(got) != "last words" {
		t.Errorf("ReadAll after the other end closed = %q, %v, want the bytes", got, err)
	}
	if _, err := b.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Write to a closed end = %v, want %v", err, io.ErrClosedPipe)
	}
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Read from one's own closed end = %v, want %v", err, io.ErrClosedPipe)
	}
}

func TestTryWriteStopsAtTheBuffer(t *testing.T) {
	t.Parallel()
	a, b := pipe.New()
	n, err := a.TryWrite(make([]byte, pipe.Size+5))
	if n != pipe.Size || err != nil {
		t.Errorf("TryWrite(Size+5 bytes) = %d, %v, want %d", n, err, pipe.Size)
	}
	if n, err := a.TryWrite([]byte("x")); n != 0 || err != nil {
		t.Errorf("TryWrite to a full buffer = %d, %v, want 0", n, err)
	}
	if _, err := b.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if n, err := a.TryWrite([]byte("x")); n != 1 || err != nil {
		t.Errorf("TryWrite after a read = %d, %v, want 1", n, err)
	}
}

func TestDeadlineFollowsTheBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _ := pipe.New()
		start := time.Now()
		if err := a.SetReadDeadline(start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		_, err := a.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Hour {
			t.Errorf("Read with a deadline in 1h = %v after %v, want %v after 1h", err, time.Since(start), os.ErrDeadlineExceeded)
		}
	})
}

func TestListener(t *testing.T) {
	t.Parallel()
	l := pipe.Listen("fake")
	accepted := make(chan net.Conn, 1)
	go func() { // ends with the Accept
		c, err := l.Accept()
		if err == nil {
			accepted <- c
		}
		close(accepted)
	}()
	c, err := l.Dial(t.Context())
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	s, ok := <-accepted
	if !ok {
		t.Fatal("Accept failed, want the dialed connection")
	}
	if _, err := c.Write([]byte("hi")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2)
	if _, err := io.ReadFull(s, buf); err != nil || string(buf) != "hi" {
		t.Errorf("read %q, %v at the accepted end, want hi", buf, err)
	}
	if got := c.RemoteAddr().String(); got != "fake" {
		t.Errorf("RemoteAddr() = %q, want the listener's name", got)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Dial(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial with an ended context = %v, want %v", err, context.Canceled)
	}
	l.Close()
	if _, err := l.Dial(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Dial after Close = %v, want %v", err, net.ErrClosed)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close = %v, want %v", err, net.ErrClosed)
	}
}
