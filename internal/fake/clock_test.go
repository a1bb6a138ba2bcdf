package fake_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/internal/fake"
)

func TestAdvanceExpiresKeysAndTellsSubscribers(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	_, sub := c, newPeer(t, s)
	c.want("OK", "CONFIG", "SET", "notify-keyspace-events", "Ex")
	sub.do("SUBSCRIBE", "__keyevent@0__:expired")
	c.want("OK", "SET", "a", "v", "EX", "10")
	c.want("OK", "SET", "b", "v", "EX", "5")
	c.want("1", "HSET", "h", "f", "v")
	c.want("[1]", "HEXPIRE", "h", "7", "FIELDS", "1", "f")
	s.Advance(10*time.Second - time.Millisecond)
	c.want("1", "EXISTS", "a", "b", "h")
	s.Advance(time.Millisecond)
	c.want("0", "DBSIZE")
	for _, key := range []string{"b", "a"} { // in the order of their ends
		if got, want := sub.read(), fmt.Sprintf(`["message" "__keyevent@0__:expired" %q]`, key); got != want {
			t.Errorf("event = %s, want %s", got, want)
		}
	}
}

func TestTTLIsRoundedToTheNearestSecond(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	c.want("OK", "SET", "k", "v", "EX", "10")
	for _, step := range []struct {
		d    time.Duration
		want string
	}{{0, "10"}, {400 * time.Millisecond, "10"}, {101 * time.Millisecond, "9"}, {9 * time.Second, "0"}} {
		s.Advance(step.d)
		c.want(step.want, "TTL", "k")
	}
}

func TestAdvanceEndsBlockedCommands(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	ctl := newPeer(t, s)
	c.send("BLPOP", "q", "3600")
	awaitInfo(ctl, "blocked_clients", "1")
	s.Advance(time.Hour - time.Millisecond)
	awaitInfo(ctl, "blocked_clients", "1")
	s.Advance(time.Millisecond)
	if got := c.read(); got != "(nil)" {
		t.Errorf("BLPOP after its timeout = %s, want a null", got)
	}
}

func TestARunningClockExpiresKeysByItself(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { // ends with cancel; awaited below
		defer close(done)
		s.RunClock(ctx)
	}()
	c.want("OK", "SET", "k", "v", "PX", "50")
	for deadline := time.Now().Add(10 * time.Second); c.do("DBSIZE") != "0"; {
		if time.Now().After(deadline) {
			t.Fatal("the key is still there after ten seconds")
		}
	}
	cancel()
	<-done
}

func TestABubbleMovesKeysAndBlockedCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := inMemory(t, fake.Config{Now: time.Now})
		c.patient = true
		c.want("OK", "SET", "k", "v", "EX", "3600")
		c.want("(nil)", "BLPOP", "q", "3599")
		c.want(`"v"`, "GET", "k")
		c.want("(nil)", "BLPOP", "q", "2")
		c.want("(nil)", "GET", "k")
		c.nc.Close()
		s.Close()
	})
}

func TestRenewingTTLsForgetsTheOldOnes(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	for i := range 20 {
		c.raw(strings.Repeat("SET k v EX 100\r\nEXPIRE k 200\r\n", 200))
		for range 400 {
			c.read()
		}
		if i == 10 {
			s.Advance(time.Minute)
		}
	}
	s.Advance(199 * time.Second)
	c.want("1", "TTL", "k")
	s.Advance(time.Second)
	c.want("0", "EXISTS", "k")
}

// inMemory is a server reached through memory, and a client of it.
func inMemory(t *testing.T, cfg fake.Config) (*fake.Server, *client) {
	t.Helper()
	s := fake.New(cfg)
	t.Cleanup(func() { s.Close() })
	return s, newPeer(t, s)
}

func newPeer(t *testing.T, s *fake.Server) *client {
	t.Helper()
	nc, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, nc)
}
