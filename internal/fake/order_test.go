package fake_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/redkit-dev/redkit/internal/fake"
)

// The heart of a Channels layer over pub/sub: one client subscribes, another
// publishes without waiting for the first one's reply. The subscription was
// sent first, so it must count first, however fresh the connections are.
func TestRequestsOfFreshConnectionsAreTakenInTheOrderOfTheirArrival(t *testing.T) {
	t.Parallel()
	_, addr := startFake(t, fake.Config{})
	dial := func() *client {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		return newClient(t, nc)
	}
	overtaken := 0
	for i := range 300 {
		channel := fmt.Sprint("channel", i)
		sub := dial()
		sub.send("SUBSCRIBE", channel)
		pub := dial()
		pub.send("PUBLISH", channel, "message")
		if pub.read() != "1" {
			overtaken++
		}
		sub.nc.Close()
		pub.nc.Close()
	}
	if overtaken > 0 {
		t.Errorf("PUBLISH overtook the SUBSCRIBE sent before it in %d of 300 rounds", overtaken)
	}
}

func TestAllThatCameDuringALongCommandIsTakenOldestConnectionFirst(t *testing.T) {
	t.Parallel()
	s, addr := startFake(t, fake.Config{})
	ctl := newClient(t, must(s.Dial()))
	var clients []*client
	for range 100 {
		c := newClient(t, must(net.Dial("tcp", addr)))
		c.want("PONG", "PING")
		clients = append(clients, c)
	}
	clients[0].send("EVAL", "for i = 1, 200000 do end return 'done'", "0")
	for i, c := range clients[1:] {
		c.send("RPUSH", "queue", fmt.Sprint(i))
	}
	for i, c := range clients[1:] {
		if got, want := c.read(), fmt.Sprint(i+1); got != want {
			t.Errorf("RPUSH of client %d = %s, want %s", i, got, want)
		}
	}
	ctl.want("99", "LLEN", "queue")
}

func TestBlockedPopsAreServedFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		ctl := b.client(t)
		var waiting []*client
		for i := range 10 {
			c := b.client(t)
			c.send([]string{"BLPOP", "BRPOP"}[i%2], "queue", "0")
			waiting = append(waiting, c)
			awaitInfo(ctl, "blocked_clients", fmt.Sprint(i+1))
		}
		for i := range waiting {
			ctl.want("1", "RPUSH", "queue", fmt.Sprint(i))
		}
		for i, c := range waiting {
			if got, want := c.read(), fmt.Sprintf(`["queue" "%d"]`, i); got != want {
				t.Errorf("client %d was given %s, want %s", i, got, want)
			}
		}
	})
}

func TestASubscriberGetsAMessageForEachPatternThatMatches(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		sub, pub := b.client(t), b.client(t)
		sub.want(`["subscribe" "news" 1]`, "SUBSCRIBE", "news")
		for i, p := range []string{"n*", "ne*", "*s"} {
			sub.want(fmt.Sprintf(`["psubscribe" %q %d]`, p, i+2), "PSUBSCRIBE", p)
		}
		pub.want("4", "PUBLISH", "news", "hi")
		got := map[string]bool{}
		if first := sub.read(); first != `["message" "news" "hi"]` {
			t.Errorf("the first message = %s, want the channel's", first)
		}
		for range 3 {
			got[sub.read()] = true
		}
		for _, p := range []string{"n*", "ne*", "*s"} {
			if !got[fmt.Sprintf(`["pmessage" %q "news" "hi"]`, p)] {
				t.Errorf("no message for the pattern %s among %v", p, got)
			}
		}
	})
}

func TestAnUnknownCommandAbortsTheTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.want("OK", "MULTI")
		c.want("QUEUED", "SET", "k", "v")
		if got := c.do("NOSUCH"); got != "(error) ERR unknown command 'NOSUCH', with args beginning with: " {
			t.Errorf("NOSUCH = %s", got)
		}
		c.want("(error) EXECABORT Transaction discarded because of previous errors.", "EXEC")
		c.want("(nil)", "GET", "k")
	})
}

func TestFlushallAbortsTransactionsThatWatchAKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c, other := b.client(t), b.client(t)
		for flush, want := range map[string]string{"FLUSHALL": "(nil)", "FLUSHDB": "(nil)", "PING": "[PONG]"} {
			c.want("OK", "SET", "k", "v")
			c.want("OK", "WATCH", "k", "missing")
			other.do(flush)
			c.want("OK", "MULTI")
			c.want("QUEUED", "PING")
			if got := c.do("EXEC"); got != want {
				t.Errorf("EXEC after %s = %s, want %s", flush, got, want)
			}
		}
	})
}

func TestScanPagesByCountAndFindsEveryKeyOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.want("(nil)", "EVAL", "for i = 1, 1000 do redis.call('SET', 'k' .. i, i) end", "0")
		seen, pages, cursor := map[string]int{}, 0, "0"
		for {
			c.send("SCAN", cursor, "COUNT", "50")
			v, err := c.r.Value()
			if err != nil {
				t.Fatal(err)
			}
			cursor = v.Elems[0].Str
			for _, e := range v.Elems[1].Elems {
				seen[e.Str]++
			}
			if pages++; cursor == "0" || pages > 1000 {
				break
			}
			c2 := fmt.Sprint("other", pages)
			if got := b.client(t).do("SET", c2, "x"); got != "OK" {
				t.Fatal(got)
			}
		}
		if pages < 10 {
			t.Errorf("1,000 keys came in %d pages of COUNT 50, want about 20", pages)
		}
		for i := 1; i <= 1000; i++ {
			if n := seen[fmt.Sprint("k", i)]; n == 0 {
				t.Errorf("k%d was not found", i)
			}
		}
	})
}

func TestSelectChecksItsRange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.want("OK", "SELECT", "15")
		c.want("(error) ERR DB index is out of range", "SELECT", "16")
		c.want("(error) ERR DB index is out of range", "SWAPDB", "0", "16")
	})
}

func TestClientsMayBeKilledPausedAndUnblocked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c, victim, waiter := b.client(t), b.client(t), b.client(t)
		id := victim.do("CLIENT", "ID")
		c.want("1", "CLIENT", "KILL", "ID", id)
		if _, err := victim.r.Value(); err == nil {
			t.Error("the killed client goes on")
		}
		id = waiter.do("CLIENT", "ID")
		for _, way := range []struct{ how, want string }{
			{"TIMEOUT", "(nil)"},
			{"ERROR", "(error) UNBLOCKED client unblocked via CLIENT UNBLOCK"},
		} {
			waiter.send("BLPOP", "q", "0")
			awaitInfo(c, "blocked_clients", "1")
			c.want("1", "CLIENT", "UNBLOCK", id, way.how)
			if got := waiter.read(); got != way.want {
				t.Errorf("BLPOP unblocked by %s = %s, want %s", way.how, got, way.want)
			}
			c.want("0", "CLIENT", "UNBLOCK", id, way.how)
		}
		c.want("OK", "CLIENT", "PAUSE", "60000", "WRITE")
		waiter.want("(nil)", "GET", "k")
		waiter.send("SET", "k", "v")
		c.want("(nil)", "GET", "k")
		c.want("OK", "CLIENT", "UNPAUSE")
		if got := waiter.read(); got != "OK" {
			t.Errorf("the paused SET = %s, want OK", got)
		}
		c.want(`"v"`, "GET", "k")
	})
}
