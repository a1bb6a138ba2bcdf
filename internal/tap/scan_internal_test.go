package tap

// White box: where a request or reply ends shows outside only as a hang.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const requests = "*1\r\n$4\r\nPING\r\n" +
	"*3\r\n$3\r\nset\r\n$1\r\nk\r\n$7\r\nv\r\n*1\r\n\r\n" +
	"*0\r\n" +
	"SET a  b\r\n\r\n" +
	"*2\r\n$3\r\nGET\r\n$0\r\n\r\n"

var wantRequests = [][]string{{"PING"}, {"set", "k", "v\r\n*1\r\n"}, {"SET", "a", "b"}, {"GET", ""}}

func scanRequests(t *testing.T, pieces ...string) (got [][]string) {
	t.Helper()
	var s requestScanner
	for _, piece := range pieces {
		for p := []byte(piece); len(p) > 0; {
			n, done, err := s.scan(p, false)
			if err != nil || n == 0 {
				t.Fatalf("scan(%q) = %d, %v, %v", p, n, done, err)
			}
			if p = p[n:]; done {
				got = append(got, s.strings())
			}
		}
	}
	if !s.idle() {
		t.Errorf("scanner is not idle after %q", pieces)
	}
	return got
}

func TestRequestsEndWhereTheyEndHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	for i := range len(requests) + 1 {
		for j := i; j <= len(requests); j++ {
			if diff := cmp.Diff(wantRequests, scanRequests(t, requests[:i], requests[i:j], requests[j:])); diff != "" {
				t.Fatalf("requests cut at %d and %d (-want +got):\n%s", i, j, diff)
			}
		}
	}
}

func TestLongRequestsAreShortened(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	request := "*12\r\n"
	for range 12 {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(long), long)
	}
	for _, whole := range []bool{false, true} {
		var s requestScanner
		n, done, err := s.scan([]byte(request), whole)
		if n != len(request) || !done || err != nil {
			t.Fatalf("scan = %d, %v, %v, want %d, true, nil", n, done, err, len(request))
		}
		args, size := shortArgs, shortBytes
		if whole {
			args, size = 12, len(long)
		}
		if got := s.strings(); len(got) != args || len(got[0]) != size || s.args != 12 {
			t.Errorf("long=%v: %d args of %d bytes (of %d), want %d of %d (of 12)", whole, len(got), len(got[0]), s.args, args, size)
		}
	}
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"*x\r\n", "*1\r\nGET\r\n", "*1\r\n$-1\r\n", "*1\r\n:1\r\n", strings.Repeat("a", maxLine+1)} {
		var s requestScanner
		if n, done, err := s.scan([]byte(in), false); err == nil {
			t.Errorf("scan(%.20q) = %d, %v, nil, want an error", in, n, done)
		}
	}
}

func TestRepliesEndWhereTheyEndHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	want := []struct {
		wire string
		Reply
	}{
		{"+OK\r\n", Reply{Type: '+', Text: "OK"}},
		{"-ERR no\r\n", Reply{Type: '-', Text: "ERR no"}},
		{":42\r\n", Reply{Type: ':', Text: "42"}},
		{"$5\r\na\r\nbc\r\n", Reply{Type: '$', Len: 5}},
		{"$0\r\n\r\n", Reply{Type: '$'}},
		{"$-1\r\n", Reply{Type: '$', Len: -1}},
		{"*-1\r\n", Reply{Type: '*', Len: -1}},
		{"*0\r\n", Reply{Type: '*'}},
		{"*2\r\n*1\r\n$1\r\na\r\n*0\r\n", Reply{Type: '*', Len: 2}},
		{"%1\r\n+k\r\n~1\r\n#t\r\n", Reply{Type: '%', Len: 1}},
		{"_\r\n", Reply{Type: '_', Len: -1}},
		{",1.5\r\n", Reply{Type: ',', Text: "1.5"}},
		{"=7\r\ntxt:abc\r\n", Reply{Type: '=', Len: 7}},
		{"|1\r\n+ttl\r\n:1\r\n$1\r\nx\r\n", Reply{Type: '|', Len: 1}},
		{">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n", Reply{Type: '>', Len: 3}},
	}
	var wire strings.Builder
	for i := range want {
		want[i].Size = len(want[i].wire)
		wire.WriteString(want[i].wire)
	}
	all := wire.String()
	for cut := range len(all) {
		var s replyScanner
		var got []Reply
		for _, piece := range []string{all[:cut], all[cut:]} {
			for p := []byte(piece); len(p) > 0; {
				n, done, err := s.scan(p)
				if err != nil || n == 0 {
					t.Fatalf("cut at %d: scan(%q) = %d, %v, %v", cut, p, n, done, err)
				}
				if p = p[n:]; done {
					got = append(got, s.reply())
					s.forget()
				}
			}
		}
		if len(got) != len(want) {
			t.Fatalf("cut at %d: %d replies, want %d", cut, len(got), len(want))
		}
		for i, r := range got {
			if r != want[i].Reply {
				t.Errorf("cut at %d: reply %q = %+v, want %+v", cut, want[i].wire, r, want[i].Reply)
			}
		}
	}
}

// FuzzScan holds that no input makes a scanner panic, stand still or lose its place.
func FuzzScan(f *testing.F) {
	f.Add([]byte(requests))
	f.Add([]byte("*2\r\n$1\r\na\r\n:1\r\n%1\r\n+a\r\n_\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var q requestScanner
		for p := in; len(p) > 0; {
			n, _, err := q.scan(p, true)
			if err != nil {
				break
			}
			if n == 0 {
				t.Fatalf("request scanner stands still at %q", p)
			}
			p = p[n:]
		}
		var r replyScanner
		for p := in; len(p) > 0; {
			n, done, err := r.scan(p)
			if err != nil {
				break
			}
			if n == 0 {
				t.Fatalf("reply scanner stands still at %q", p)
			}
			if p = p[n:]; done {
				_ = r.reply()
				r.forget()
			}
		}
	})
}
