package devenv

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestReadHeader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rdbHeader{
		"REDIS0010\xfa\x09redis-ver\x067.0.15\xfa\x0aredis-bits\xc0\x40": {"REDIS", 10, "redis 7.0.15"},
		"REDIS0011\xfa\x0avalkey-ver\x058.1.1":                           {"REDIS", 11, "valkey 8.1.1"},
		"VALKEY080\xfa\x0avalkey-ver\x059.0.0":                           {"VALKEY", 80, "valkey 9.0.0"},
		"REDIS0009":                                                      {"REDIS", 9, ""},
		"REDIS0009\xfa\x09redis-ver\xff":                                 {"REDIS", 9, ""},
		"REDIS00":                                                        {},
		"REDIS000x":                                                      {},
		"*2\r\n$6\r\nSEL":                                                {},
		"":                                                               {},
	} {
		path := filepath.Join(t.TempDir(), "x.rdb")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readHeader(path)
		if (err == nil) != (want.Version > 0) || err == nil && got != want {
			t.Errorf("readHeader(%q) = %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestReadable(t *testing.T) {
	t.Parallel()
	redis := func(v int) rdbHeader { return rdbHeader{Magic: "REDIS", Version: v} }
	valkey := rdbHeader{Magic: "VALKEY", Version: 80}
	tests := []struct {
		file, server rdbHeader
		want         bool
	}{
		{redis(9), redis(10), true},
		{redis(10), redis(10), true},
		{redis(11), redis(10), false},
		{valkey, redis(12), false},
		{valkey, redis(99), false},
		{valkey, valkey, true},
		{redis(11), valkey, true},
		{redis(12), valkey, false}, // Redis's own since the ways parted
	}
	for _, tt := range tests {
		if got := tt.file.readable(tt.server); got != tt.want {
			t.Errorf("%+v readable by %+v = %v, want %v", tt.file, tt.server, got, tt.want)
		}
	}
}

// TestStageData lays out an RDB file as each server reads it.
func TestStageData(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "broker.rdb"), []byte("REDIS0009"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &Backup{dir: from}
	s := BackupServer{Service: "broker", Format: BackupRDB, Files: []BackupFile{{Path: "broker.rdb"}}}
	tests := []struct {
		persistence Persistence
		before7     bool
		want        []string
	}{
		{PersistRDB, false, []string{"dump.rdb"}},
		{PersistNone, true, []string{"dump.rdb"}},
		{PersistAOF, false, []string{"appendonlydir/appendonly.aof.1.base.rdb", "appendonlydir/appendonly.aof.manifest"}},
		{PersistAOF, true, []string{"appendonly.aof"}},
	}
	for _, tt := range tests {
		stage := t.TempDir()
		if err := stageData(stage, b, s, tt.persistence, tt.before7); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, pattern := range []string{"*", "*/*"} {
			paths, err := filepath.Glob(filepath.Join(stage, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range paths {
				if stat, err := os.Stat(p); err == nil && !stat.IsDir() {
					rel, _ := filepath.Rel(stage, p)
					got = append(got, rel)
				}
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s, before Redis 7 %v: %q, want %q", tt.persistence, tt.before7, got, tt.want)
		}
	}
}

func TestPruneKeepsTheNewestAndTheNamed(t *testing.T) {
	t.Parallel()
	e := New(&Settings{Dir: t.TempDir(), BackupKeep: 2}, Options{})
	write := func(id, meta string) {
		dir := filepath.Join(e.backupRoot(), id)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "meta.json"), []byte(meta), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const schema = `"schema":"redkit/backup/v1"`
	write("1-kept", `{`+schema+`,"name":"kept","created":"2026-01-01T00:00:00Z"}`)
	write("2", `{`+schema+`,"created":"2026-01-02T00:00:00Z"}`)
	write("3", `{`+schema+`,"created":"2026-01-03T00:00:00Z","services":[{"service":"broker"}]}`)
	write("4", `{`+schema+`,"created":"2026-01-04T00:00:00Z","reason":"before reset"}`)
	write(".part-5", `{`+schema+`,"created":"2026-01-05T00:00:00Z"}`)
	write("stranger", `{}`)
	if err := e.prune(); err != nil {
		t.Fatal(err)
	}
	list, err := e.Backups()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range list {
		got = append(got, b.ID)
	}
	if want := []string{"4", "3", "1-kept"}; !slices.Equal(got, want) {
		t.Errorf("after pruning to 2: %q, want %q", got, want)
	}
	if b, err := e.findBackup(""); err != nil || b.ID != "3" {
		t.Errorf("the newest that was asked for: %+v, %v, want 3", b, err)
	}
	if got, want := e.lastBackup("broker"), time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("lastBackup = %v, want %v", got, want)
	}
	if _, err := os.Stat(filepath.Join(e.backupRoot(), "stranger")); err != nil {
		t.Errorf("what is no backup was deleted: %v", err)
	}
}
