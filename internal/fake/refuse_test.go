package fake_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/fake"
)

func TestWhatTheFakeLacksIsRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	_, c := inMemory(t, fake.Config{Hint: "install redis-server"})
	for _, request := range []string{"MIGRATE h 1 k 0 1", "DEBUG SLEEP 1", "CLIENT TRACKING on", "BGSAVE", "CONFIG SET maxmemory 1mb", "CONFIG SET appendonly yes"} {
		got := c.do(strings.Fields(request)...)
		if !strings.HasPrefix(got, "(error) ERR the fake has no ") || !strings.HasSuffix(got, ": install redis-server") {
			t.Errorf("%s = %s, want a refusal that ends with the hint", request, got)
		}
	}
	if got := c.do("EVAL", "return struct.pack('b', 1)", "0"); !strings.Contains(got, "the fake has no struct: install redis-server") {
		t.Errorf("a script that uses struct = %s, want a refusal", got)
	}
	c.want("OK", "MULTI")
	c.do("BGSAVE")
	c.want("(error) EXECABORT Transaction discarded because of previous errors.", "EXEC")
}

// A client that asks whether the server has a module looks for "unknown command".
func TestCommandsOfModulesAreUnknownAndSaySo(t *testing.T) {
	t.Parallel()
	_, c := inMemory(t, fake.Config{})
	for _, name := range []string{"JSON.SET", "ft.search", "BF.ADD", "VADD"} {
		want := "(error) ERR unknown command '" + name + "', with args beginning with: 'k' (the fake has no modules: use redistest.Real(), on a server that has them)"
		c.want(want, name, "k")
	}
	c.want("(error) ERR unknown command 'my.cmd', with args beginning with: ", "my.cmd")
}

func TestSetRefusesWhatConfigSetRefuses(t *testing.T) {
	t.Parallel()
	s, c := inMemory(t, fake.Config{})
	if err := s.Set("notify-keyspace-events", "Ex"); err != nil {
		t.Error(err)
	}
	c.want(`["notify-keyspace-events" "xE"]`, "CONFIG", "GET", "notify-keyspace-events")
	for name, want := range map[string]string{
		"timeout":   "argument couldn't be parsed into an integer",
		"nosuch":    "Unknown option",
		"maxmemory": "the fake has no maxmemory",
	} {
		if err := s.Set(name, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Set(%s, x) = %v, want an error that holds %q", name, err, want)
		}
	}
}

func TestUsersAreAskedForTheirPassword(t *testing.T) {
	t.Parallel()
	_, c := inMemory(t, fake.Config{Username: "app", Password: "secret"})
	c.want("(error) NOAUTH Authentication required.", "GET", "k")
	c.want("(error) WRONGPASS invalid username-password pair or user is disabled.", "AUTH", "app", "wrong")
	c.want("(error) WRONGPASS invalid username-password pair or user is disabled.", "AUTH", "default", "secret")
	c.want("OK", "AUTH", "app", "secret")
	c.want(`"app"`, "ACL", "WHOAMI")

	_, c = inMemory(t, fake.Config{Password: "secret"})
	c.want("(error) NOAUTH Authentication required.", "GET", "k")
	c.want("OK", "AUTH", "secret")
	c.want("(nil)", "GET", "k")
	c.want("OK", "CONFIG", "SET", "requirepass", "")
	other := c.do("CLIENT", "ID")
	if other == "" {
		t.Error("no client ID")
	}
}
