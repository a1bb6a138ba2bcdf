package durable_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/drill/durable"
)

// TestRead: only what was written before an fsync began is on the disk,
// and only once it has come back.
func TestRead(t *testing.T) {
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
	files, gone, err := durable.Read(strings.NewReader(trace))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*durable.File{"/d/a.incr.aof": {Written: 170, Synced: 100, Syncs: 1}, "/d/b.aof": {Syncs: 1}}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !gone[10] || !gone[11] {
		t.Errorf("ended processes: %v, want 10 and 11", gone)
	}
}
