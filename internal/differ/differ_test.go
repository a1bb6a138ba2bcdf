package differ_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/differ"
	"github.com/redkit-dev/redkit/internal/fake"
	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/internal/process"
)

const recordPath = "testdata/verdicts.txt"

// TestFidelity holds the fake to every server at hand, those of
// REDISTEST_SERVERS or else the redis-server on PATH, and the table to the
// record.
func TestFidelity(t *testing.T) {
	t.Parallel()
	t.Run("verdicts", testVerdicts)
	t.Run("table", testTable) // after the record has been written
}

func testVerdicts(t *testing.T) {
	corpus, err := differ.Read(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	old := readRecord(t)
	servers := startServers(t)
	if len(servers) == 0 {
		if os.Getenv("REDISTEST_REQUIRE") != "" {
			t.Fatal("no server to hold the fake to: set REDISTEST_SERVERS or install redis-server")
		}
		t.Skip("no server to hold the fake to: set REDISTEST_SERVERS or install redis-server")
	}
	var found differ.Record
	var seen []string
	for _, s := range servers {
		seen = append(seen, s.Name)
	}
	subject := fakeTarget(t)
	for _, c := range corpus {
		for _, protocol := range []int{2, 3} {
			found = append(found, compare(t, c, protocol, subject, servers)...)
		}
	}
	golden.Equal(t, []byte(differ.Merge(old, found, seen).String()), recordPath)
}

// compare runs a case everywhere and judges the fake's replies.
func compare(t *testing.T, c differ.Case, protocol int, subject differ.Target, servers []differ.Target) []differ.Row {
	t.Helper()
	mine, err := subject.Run(t.Context(), c, protocol)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]differ.Row, len(c.Steps))
	for i := range rows {
		rows[i] = differ.Row{ID: c.ID(i, protocol), Command: c.CommandAt(i), Verdicts: map[string]differ.Verdict{}}
	}
	for _, s := range servers {
		theirs, err := s.Run(t.Context(), c, protocol)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			v := differ.Compare(theirs[i], mine[i], c.Steps[i])
			rows[i].Verdicts[s.Name] = v
			if os.Getenv("DIFFER_SHOW") != "" && (v == differ.Differs || v == differ.Wording || v == differ.Refused) {
				t.Logf("%s %s %s %q\n\t%s\n\t%s", s.Name, rows[i].ID, v, c.Steps[i].Args, theirs[i], mine[i])
			}
		}
	}
	return slices.DeleteFunc(rows, func(r differ.Row) bool { return r.Command == "" })
}

func readRecord(t *testing.T) differ.Record {
	t.Helper()
	text, err := os.ReadFile(recordPath)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := differ.ReadRecord(string(text))
	if err != nil {
		t.Fatalf("%s: %v", recordPath, err)
	}
	return r
}

func testTable(t *testing.T) {
	by := fake.Implementers()
	golden.Equal(t, []byte(differ.Table(readRecord(t), readKnown(t), func(command string) string {
		return by[strings.ToLower(strings.ReplaceAll(command, " ", "|"))]
	})), "../../FIDELITY.md")
}

func fakeTarget(t *testing.T) differ.Target {
	t.Helper()
	return servedFake(t, fake.Config{})
}

func servedFake(t *testing.T, cfg fake.Config) differ.Target {
	t.Helper()
	s := fake.New(cfg)
	t.Cleanup(func() { s.Close() })
	return differ.Target{
		Name:    "fake",
		Dial:    func(context.Context) (net.Conn, error) { return s.Dial() },
		Advance: s.Advance,
	}
}

// startServers starts the servers at hand, each under the name of its column.
func startServers(t *testing.T) []differ.Target {
	t.Helper()
	paths := filepath.SplitList(os.Getenv("REDISTEST_SERVERS"))
	if len(paths) == 0 {
		if path, err := exec.LookPath("redis-server"); err == nil {
			paths = []string{path}
		}
	}
	var servers []differ.Target
	for _, path := range paths {
		if s := startServer(t, path); slices.Contains(differ.Columns, s.Name) {
			servers = append(servers, s)
		}
	}
	return servers
}

var versions = regexp.MustCompile(`(redis|valkey)_version:(\d+\.\d+)`)

func startServer(t *testing.T, path string) differ.Target {
	t.Helper()
	dir, err := os.MkdirTemp("", "differ") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	p, err := process.StartBound(process.Command{
		Path: path, Args: []string{"--port", "0", "--unixsocket", socket, "--save", "", "--slowlog-log-slower-than", "-1"}, Dir: dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Remove(); err != nil {
			t.Error(err)
		}
	})
	target := differ.Target{Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = p.Await(ctx, 5*time.Millisecond, func(ctx context.Context) error {
		target.Name, err = version(ctx, target)
		return err
	})
	if err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return target
}

// version asks a server for the name of its column.
func version(ctx context.Context, s differ.Target) (string, error) {
	replies, err := s.Run(ctx, differ.Case{Name: "version", Steps: []differ.Step{{Conn: 1, Args: []string{"INFO", "server"}}}}, 2)
	if err != nil {
		return "", err
	}
	name := ""
	for _, m := range versions.FindAllStringSubmatch(replies[0].Str, -1) {
		if name == "" || m[1] == "valkey" { // a Valkey tells the Redis it is compatible with first
			name = fmt.Sprintf("%s %s", strings.ToUpper(m[1][:1])+m[1][1:], m[2])
		}
	}
	return name, nil
}
