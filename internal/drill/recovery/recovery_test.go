package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRecovery is the drill with a small load.
func TestRecovery(t *testing.T) {
	t.Parallel()
	d, err := drill{messages: 300, limit: 2 * time.Minute}.find()
	if err != nil {
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	rounds, err := d.all(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := verdict(rounds); err != nil {
		t.Error(err)
	}
	for _, r := range rounds {
		if r.Acked < d.messages {
			t.Errorf("%s, %s: %d acknowledged publishes, want %d or more", r.AppendFsync, r.Kill, r.Acked, d.messages)
		}
		if always := r.AppendFsync == "always"; always && r.Syncs < 10 {
			t.Errorf("%s, %s: %d fsyncs, which is not always", r.AppendFsync, r.Kill, r.Syncs)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		r    round
		want string // "" for none
	}{
		{round{AppendFsync: "always", Kill: power, Acked: 9}, ""},
		{round{AppendFsync: "always", Kill: power, Acked: 9, Lost: 1}, "lost under appendfsync always"},
		{round{AppendFsync: "everysec", Kill: power, Acked: 9, Lost: 5}, ""},
		{round{AppendFsync: "everysec", Kill: killed, Acked: 9, Lost: 1}, "although the machine ran on"},
		{round{AppendFsync: "no", Kill: killed, Acked: 9, Lost: 1}, "although the machine ran on"},
		{round{AppendFsync: "no", Kill: power, Acked: 9, Lost: 9}, ""},
		{round{AppendFsync: "no", Kill: power, Acked: 9}, "the power loss was not one"},
		{round{AppendFsync: "always", Kill: killed}, "proves nothing"},
	}
	for _, tt := range tests {
		tt.r.judge()
		err := verdict([]round{tt.r})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s, %s, %d lost: %v, want %q", tt.r.AppendFsync, tt.r.Kill, tt.r.Lost, err, tt.want)
		}
	}
}

// TestReadTrace: only what was written before an fsync began is on the disk,
// and only once it has come back.
func TestReadTrace(t *testing.T) {
	t.Parallel()
	const trace = `10 write(8</d/a.incr.aof>, ""..., 100) = 100
10 write(3</d/log>, ""..., 7) = 7
11 fdatasync(8</d/a.incr.aof> <unfinished ...>
10 write(8</d/a.incr.aof>, ""..., 50) = 50
11 <... fdatasync resumed>)            = 0
10 write(8</d/a.incr.aof>, ""..., 30 <unfinished ...>
11 fdatasync(8</d/a.incr.aof> <unfinished ...>
10 <... write resumed>)                = 20
11 <... fdatasync resumed>)            = -1 EIO (Input/output error)
10 fdatasync(9</d/b.aof>)              = 0
11 fdatasync(8</d/a.incr.aof> <unfinished ...>
11 <... fdatasync resumed> <unfinished ...>) = ?
11 +++ killed by SIGKILL +++
10 +++ killed by SIGKILL +++
`
	files, gone, err := readTrace(strings.NewReader(trace))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*durable{"/d/a.incr.aof": {170, 100, 1}, "/d/b.aof": {0, 0, 1}}
	if diff := cmp.Diff(want, files, cmp.AllowUnexported(durable{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !gone[10] || !gone[11] {
		t.Errorf("ended processes: %v, want 10 and 11", gone)
	}
}
