package fake_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/fake"
)

// dumped asks for a DUMP, whose bytes a test cannot show.
func dumped(c *client, key string) string {
	c.t.Helper()
	c.send("DUMP", key)
	v, err := c.r.Value()
	if err != nil || v.IsError() || v.Null {
		c.t.Fatalf("DUMP %s = %v, %v", key, v, err)
	}
	return v.Str
}

func TestValuesTravelBetweenFakeAndRedisByDumpAndRestore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b backend) {
		c := b.client(t)
		_, mine := inMemory(t, fake.Config{})
		long := strings.Repeat("abc", 100)
		for _, args := range [][]string{
			{"SET", "string", "hello"}, {"SET", "int", "12345"}, {"SET", "negative", "-7"}, {"SET", "big", "123456789012"}, {"SET", "long", long},
			{"RPUSH", "list", "a", "1", "-2", "70000", "-5000000000", long}, {"SADD", "ints", "1", "2", "-300000"}, {"SADD", "set", "a", "b", "9"},
			{"HSET", "hash", "f", "v", "n", "4095", long, "x"}, {"ZADD", "zset", "1.5", "a", "-3", "b", "1e20", long},
		} {
			if got := c.do(args...); strings.HasPrefix(got, "(error)") {
				t.Fatalf("%.60q = %s", args, got)
			}
		}
		look := map[string][]string{
			"string": {"GET"}, "int": {"GET"}, "negative": {"GET"}, "big": {"GET"}, "long": {"GET"}, "list": {"LRANGE", "0", "-1"},
			"ints": {"SORT"}, "set": {"SORT", "ALPHA"}, "hash": {"HGET", "n"}, "zset": {"ZRANGE", "0", "-1", "WITHSCORES"},
		}
		for key, how := range look {
			args := append([]string{how[0], key}, how[1:]...)
			want := c.do(args...)
			mine.want("OK", "RESTORE", key, "0", dumped(c, key))
			mine.want(want, args...)
			c.want("OK", "RESTORE", key+"2", "1000000", dumped(mine, key))
			args[1] = key + "2"
			c.want(want, args...)
		}
		c.want("(error) BUSYKEY Target key name already exists.", "RESTORE", "string", "0", dumped(c, "int"))
		broken := []byte(dumped(c, "string"))
		broken[1] ^= 1
		c.want("(error) ERR DUMP payload version or checksum are wrong", "RESTORE", "new", "0", string(broken))
	})
}

func FuzzRestore(f *testing.F) {
	s := fake.New(fake.Config{})
	f.Cleanup(func() { s.Close() })
	f.Add([]byte("\x00\x05hello"))
	f.Add([]byte("\x12\x01\x02\x0e\x0e\x00\x00\x00\x02\x00\x01\x01\x02\x01\xff"))
	f.Add([]byte("\x0b\x0c\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\x02\x00"))
	f.Add([]byte("\x00\xc3\x05\x20\x01aa\xe0\xff\x00"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c := newPeer(t, s)
		sealed := string(payload) + "\x0b\x00" + strings.Repeat("\x00", 8) // a checksum of zero is not checked
		if got := c.do("RESTORE", "k", "0", sealed, "REPLACE"); got != "OK" && !strings.HasPrefix(got, "(error) ERR ") {
			t.Errorf("RESTORE %q = %s", payload, got)
		}
		c.want("PONG", "PING")
	})
}
