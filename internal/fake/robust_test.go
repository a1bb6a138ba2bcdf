package fake_test

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/fake"
)

func TestRequestsWithoutANameArePassedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.raw("*0\r\n*-1\r\n\r\nPING\r\n")
		if got := c.read(); got != "PONG" {
			t.Errorf("the reply behind *0 and *-1 = %s, want PONG", got)
		}
	})
}

func TestInlineCommandsWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.raw("SET \"a key\" 'a\\'b'\r\nGET \"a key\"\n")
		for _, want := range []string{"OK", `"a'b"`} {
			if got := c.read(); got != want {
				t.Errorf("reply = %s, want %s", got, want)
			}
		}
	})
}

func TestProtocolErrorsAreAnsweredAndEndTheConnection(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"*1\r\n:1\r\n":         "ERR Protocol error: expected '$', got ':'",
		"*99999999999\r\n":     "ERR Protocol error: invalid multibulk length",
		"*1\r\n$-5\r\n":        "ERR Protocol error: invalid bulk length",
		"GET \"unbalanced\r\n": "ERR Protocol error: unbalanced quotes in request",
	} {
		each(t, func(t *testing.T, b backend) {
			c := b.client(t)
			c.raw(in)
			if got := c.read(); got != "(error) "+want {
				t.Errorf("reply to %q = %s, want %s", in, got, want)
			}
			if _, err := c.r.Value(); err == nil {
				t.Errorf("the connection goes on after %q", in)
			}
		})
	}
}

func TestHugeOffsetsAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		c.want("(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)", "SETRANGE", "k", "536870912", "x")
		c.want("(error) ERR bit offset is not an integer or out of range", "SETBIT", "k", "4294967296", "1")
		c.want("(error) ERR bit offset is not an integer or out of range", "SETBIT", "k", "-1", "1")
		c.want("(error) ERR offset is out of range", "SETRANGE", "k", "-1", "x")
		c.want("0", "EXISTS", "k")
	})
}

func TestAnEndlessScriptLetsOthersInAndCanBeKilled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c, other := b.client(t), b.client(t)
		c.want("OK", "CONFIG", "SET", "lua-time-limit", "50")
		other.want("PONG", "PING")
		c.send("EVAL", "while true do end", "0")
		c.send("PING")
		for {
			got := other.do("GET", "k")
			if strings.HasPrefix(got, "(error) BUSY Redis is busy running a script.") {
				break
			}
			if got != "(nil)" { // not yet begun
				t.Fatalf("GET while a script runs = %s, want BUSY", got)
			}
		}
		late := b.client(t)
		if got := late.do("GET", "k"); !strings.HasPrefix(got, "(error) BUSY") {
			t.Errorf("GET on a new connection while a script runs = %s, want BUSY", got)
		}
		other.want("OK", "SCRIPT", "KILL")
		if got := c.read(); !strings.HasPrefix(got, "(error) ERR Error running script") && !strings.Contains(got, "killed by user with SCRIPT KILL") {
			t.Errorf("the killed script = %s, want its error", got)
		}
		if got := c.read(); got != "PONG" {
			t.Errorf("PING behind the killed script = %s, want PONG", got)
		}
		other.want("(nil)", "GET", "k")
		late.want("(nil)", "GET", "k")
	})
}

func TestAConnectionWhoseScriptAnotherSetGoingIsServedAfterIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c, other := b.client(t), b.client(t)
		other.want("OK", "CONFIG", "SET", "lua-time-limit", "1")
		c.send("BLPOP", "queue", "0")
		c.send("EVAL", "while true do end", "0")
		awaitInfo(other, "blocked_clients", "1")
		other.send("RPUSH", "queue", "job")
		late := b.client(t)
		for {
			got := late.do("SCRIPT", "KILL")
			if got == "OK" {
				break
			}
			if !strings.HasPrefix(got, "(error) NOTBUSY ") { // not yet begun
				t.Fatalf("SCRIPT KILL = %s", got)
			}
		}
		if got := c.read(); got != `["queue" "job"]` {
			t.Errorf("BLPOP = %s", got)
		}
		if got := c.read(); !strings.Contains(got, "killed by user") {
			t.Errorf("EVAL = %s, want that it was killed", got)
		}
		c.want("PONG", "PING")
		if got := other.read(); got != "1" {
			t.Errorf("RPUSH = %s, want 1", got)
		}
		other.want("PONG", "PING")
	})
}

func TestAScriptThatHasWrittenIsNotKilled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c, other := b.client(t), b.client(t)
		c.want("OK", "CONFIG", "SET", "lua-time-limit", "1")
		long := 1_000_000
		begin := func() {
			c.send("EVAL", "redis.call('SET', 'k', 'v') for i = 1, tonumber(ARGV[1]) do end return 'done'", "0", strconv.Itoa(long))
		}
		begin()
		for {
			got := other.do("SCRIPT", "KILL")
			if strings.HasPrefix(got, "(error) UNKILLABLE ") {
				break
			}
			if !strings.HasPrefix(got, "(error) NOTBUSY ") {
				t.Fatalf("SCRIPT KILL = %s, want NOTBUSY and then UNKILLABLE", got)
			}
			if other.do("GET", "k") == `"v"` { // it ended before anybody looked
				if got := c.read(); got != `"done"` {
					t.Fatalf("the script = %s, want done", got)
				}
				other.want("1", "DEL", "k")
				long *= 2
				begin()
			}
		}
		if got := c.read(); got != `"done"` {
			t.Errorf("the script = %s, want done", got)
		}
		other.want(`"v"`, "GET", "k")
	})
}

func TestCloseEndsAnEndlessScript(t *testing.T) {
	t.Parallel()
	s, addr := startFake(t, fake.Config{})
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	newClient(t, nc).send("EVAL", "while true do pcall(error) end", "0")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestASubscriberThatDoesNotReadDelaysNobodyAndIsDropped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		slow, pub := b.client(t), b.client(t)
		pub.want("OK", "CONFIG", "SET", "client-output-buffer-limit", "pubsub 20mb 0 0")
		slow.send("SUBSCRIBE", "news")
		if got := slow.read(); got != `["subscribe" "news" 1]` {
			t.Fatalf("SUBSCRIBE = %s", got)
		}
		message, delivered := strings.Repeat("x", 1<<20), 0
		for range 60 {
			if pub.do("PUBLISH", "news", message) == "0" {
				break
			}
			delivered++
			pub.want("PONG", "PING")
		}
		if delivered < 15 || delivered > 45 {
			t.Errorf("the subscriber was dropped after %d MB unread, want about 20 and what the connection buffers", delivered)
		}
	})
}

func TestAPanicInACommandIsAnErrorReply(t *testing.T) {
	t.Parallel()
	s, addr := startFake(t, fake.Config{})
	_ = s
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nc)
	c.do("RESTORE", "k", "0", "")
	c.want("PONG", "PING")
	c.want("OK", "SET", "k", "v")
}

func TestAPanicInACommandIsItsReply(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{Hint: "install redis-server"})
	s.Break("llen")
	const failed = "(error) ERR the fake failed at LLEN: out of order: install redis-server"
	c.want("1", "RPUSH", "l", "a")
	c.want(failed, "LLEN", "l")
	c.want("OK", "SET", "k", "v")
	c.want(`["a"]`, "LRANGE", "l", "0", "-1")
	c.want("OK", "MULTI")
	c.want("QUEUED", "LLEN", "l")
	c.want("QUEUED", "GET", "k")
	c.want("["+failed+` "v"]`, "EXEC")
	c.want(failed, "EVAL", "return redis.pcall('LLEN', KEYS[1])", "1", "l")
	c.want(`"v"`, "GET", "k")
}

func TestAScriptCannotUnpackWithoutBound(t *testing.T) {
	t.Parallel()
	_, c := inMemory(t, fake.Config{})
	for _, head := range []string{"\\145", "\\129"} { // arrays and maps of one
		got := c.do("EVAL", "return cmsgpack.unpack(string.rep('"+head+"', 1e7))", "0")
		if !strings.Contains(got, "stack overflow") {
			t.Errorf("unpack of values 10,000,000 deep = %.200s, want a stack overflow", got)
		}
	}
}
