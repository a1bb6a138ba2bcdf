package devenv

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOwnFormat(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]rdbHeader{
		"6.0.16": {Magic: "REDIS", Version: 9}, "6.2.14": {Magic: "REDIS", Version: 9}, "7.0.15": {Magic: "REDIS", Version: 10}, "7.2.5": {Magic: "REDIS", Version: 11},
		"7.4.1": {Magic: "REDIS", Version: 12}, "8.0.6": {Magic: "REDIS", Version: 12}, "8.2.0": {Magic: "REDIS", Version: 12}, "8.4.0": {Magic: "REDIS", Version: 12},
		"8.6.0": {Magic: "REDIS", Version: 13}, "8.7.0": {}, "9.0.0": {}, "": {}, "unstable": {},
		"valkey 7.2.5": {Magic: "REDIS", Version: 11}, "valkey 8.1.1": {Magic: "REDIS", Version: 11}, "valkey 9.0.1": {Magic: "VALKEY", Version: 80}, "valkey 9.2.0": {}, "valkey 10.0.0": {},
	} {
		number, valkey := strings.CutPrefix(version, "valkey ")
		if got := ownFormat(number, valkey); got != want {
			t.Errorf("ownFormat(%q) = %+v, want %+v", version, got, want)
		}
	}
}

// TestOwnFormatIsThatOfRealServers holds the table to what the servers of this
// machine write.
func TestOwnFormatIsThatOfRealServers(t *testing.T) {
	t.Parallel()
	for _, binary := range filepath.SplitList(os.Getenv("REDISTEST_SERVERS") + string(os.PathListSeparator) + os.Getenv("REDISTEST_NEWEST")) {
		t.Run(filepath.Base(binary), func(t *testing.T) {
			t.Parallel()
			var k kept
			out, err := exec.Command(binary, "--version").Output()
			if err != nil {
				t.Fatal(err)
			}
			k.serverVersion(string(out))
			dir, err := os.MkdirTemp("", "redkit-rdb-") // a socket's path must be short
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			socket := filepath.Join(dir, "s")
			server := exec.CommandContext(ctx, binary, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "")
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			client := localClient(socket, Secret{}, 0)
			defer client.Close()
			saved := repeat(ctx, func() error { return client.Save(ctx).Err() })
			cancel() // kills it
			_ = server.Wait()
			h, err := readHeader(filepath.Join(dir, rdbFile))
			if err := errors.Join(saved, err); err != nil {
				t.Fatal(err)
			}
			h.Writer = ""
			if got := ownFormat(k.version, k.valkey); got != h {
				t.Errorf("ownFormat(%s, valkey %t) = %+v, and its file begins with %+v", k.version, k.valkey, got, h)
			}
		})
	}
}

// TestJudgeOfKeptData tells what can be read, what cannot and what nobody knows.
func TestJudgeOfKeptData(t *testing.T) {
	t.Parallel()
	e := New(&Settings{Dir: t.TempDir()}, Options{Command: func(target string, _ ...string) string { return target }})
	for _, tt := range []struct {
		name    string
		k       kept
		err     string // a part
		unknown string
	}{
		{"an older file", kept{version: "8.0.2", files: []rdbHeader{{"REDIS", 9, "redis 6.0.16"}}}, "", ""},
		{"of a newer Redis", kept{version: "7.0.15", files: []rdbHeader{{"REDIS", 12, "redis 8.0.2"}}}, "by a newer server, redis 8.0.2 (RDB format 12) than the one that should read them: 7.0.15 reads up to 10\n", ""},
		{"of Valkey 9 for Valkey 8", kept{version: "8.1.1", valkey: true, files: []rdbHeader{{"VALKEY", 80, "valkey 9.1.2"}}}, "REDKIT_IMAGE=valkey/valkey:9.1 ", ""},
		{"of Redis 8 for Valkey 9", kept{version: "9.1.2", valkey: true, files: []rdbHeader{{"REDIS", 12, "redis 8.0.2"}}}, "REDKIT_IMAGE=redis:8.0 ", ""},
		{"a server not known here", kept{version: "9.0.0", files: []rdbHeader{{"REDIS", 12, "redis 8.0.2"}}}, "", "whether server 9.0.0 reads the data of the broker, RDB format 12 of redis 8.0.2, is not known here"},
		{"its own", kept{version: "9.0.0", files: []rdbHeader{{"REDIS", 14, "redis 9.0.0"}}}, "", ""},
		{"nothing", kept{version: "9.0.0"}, "", ""},
	} {
		unknown, err := tt.k.judge(e, "broker")
		if unknown != tt.unknown || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: judge = %q, %v, want %q, %q", tt.name, unknown, err, tt.unknown, tt.err)
		}
	}
}
