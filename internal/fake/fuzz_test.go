package fake_test

import (
	"io"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/fake"
	"github.com/redkit-dev/redkit/internal/resp"
)

// FuzzServe sends arbitrary bytes: the server must go on serving others.
func FuzzServe(f *testing.F) {
	for _, s := range []string{
		"*0\r\n*-1\r\n", "PING\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "*1\r\n$4\r\nPING\r\n", "SETRANGE k 536870911 x\r\n",
		"MULTI\r\nSET a 1\r\nEXEC\r\n", "BLPOP a 0\r\n", "SUBSCRIBE a\r\n", "EVAL 'return redis.call(\"GET\", KEYS[1])' 1 a\r\n", "HELLO 3\r\n",
		"ZADD z 1 a\r\nZRANGE z 0 -1\r\n", "XADD s * a b\r\nXREAD BLOCK 0 STREAMS s $\r\n", "CLIENT REPLY OFF\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$9999\r\n",
		"BITFIELD b SET u63 #4 1 INCRBY i64 0 -1\r\n", "SORT a BY b* GET c*->d\r\n", "GEOADD g 1 1 a\r\nGEOSEARCH g FROMMEMBER a BYBOX 1 1 km\r\n",
		"RESTORE k 0 x\r\n", "SCAN 18446744073709551615 COUNT 1\r\n", "HRANDFIELD h -9223372036854775808 WITHVALUES\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		s := fake.New(fake.Config{})
		defer s.Close()
		c, err := s.Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := c.Write(in); err != nil && err != io.ErrClosedPipe {
			t.Fatalf("write %q: %v", in, err)
		}
		other, err := s.Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		other.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := other.Write([]byte("PING\r\n")); err != nil {
			t.Fatal(err)
		}
		v, err := resp.NewReader(other, resp.Limits{}).Value()
		if err != nil {
			t.Fatalf("PING beside %q: %v", in, err)
		}
		if text := v.String(); text != "PONG" && v.ErrorCode() != "NOAUTH" && v.ErrorCode() != "BUSY" {
			t.Errorf("PING beside %q = %s", in, text)
		}
	})
}
