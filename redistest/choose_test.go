package redistest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
)

// These tests set environment variables, so they do not run in parallel. They
// ask for exclusive servers: a shared one may have been booted by another test.

func TestAMissingEngineSkips(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("REDISTEST_REQUIRE", "")
	t.Setenv("REDISTEST_SERVER", "")
	t.Setenv("REDISTEST_URL", "")
	tests := map[string]struct {
		opts  []redistest.Option
		words string
	}{
		"native":   {[]redistest.Option{redistest.Native(), redistest.Exclusive()}, "apt-get install redis-server"},
		"external": {[]redistest.Option{redistest.External("")}, "REDISTEST_URL is not set"},
		"real":     {[]redistest.Option{redistest.Real(), redistest.Exclusive()}, "apt-get install redis-server"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, func(tb redistest.TB) { redistest.Start(tb, tt.opts...) })
			if !r.skipped || r.failed {
				t.Errorf("skipped, failed = %v, %v, want a skip", r.skipped, r.failed)
			}
			wantText(t, r.text(), tt.words)
		})
	}
}

func TestAMissingEngineFailsWhereItIsRequired(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("REDISTEST_SERVER", "")
	t.Setenv("REDISTEST_REQUIRE", "1")
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Native(), redistest.Exclusive()) })
	if !r.failed || r.skipped {
		t.Errorf("failed, skipped = %v, %v, want a failure", r.failed, r.skipped)
	}
	wantText(t, r.text(), "apt-get install redis-server")
}

func TestANamedEngineNeverFallsBack(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("REDISTEST_SERVER", "")
	t.Setenv("REDISTEST_REQUIRE", "")
	t.Setenv("REDISTEST_ENGINE", "native")
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Exclusive()) })
	if !r.failed || r.skipped {
		t.Errorf("failed, skipped = %v, %v, want a failure", r.failed, r.skipped)
	}
}

func TestEnvironmentChoosesTheDefaultEngine(t *testing.T) {
	for _, engine := range []string{"fake", "native"} {
		t.Run(engine, func(t *testing.T) {
			if engine == "native" {
				needNative(t)
			}
			t.Setenv("REDISTEST_ENGINE", engine)
			if got := redistest.Start(t).Engine(); got != engine {
				t.Errorf("Engine() = %q, want %q", got, engine)
			}
		})
	}
}

func TestBadEnvironmentIsNamed(t *testing.T) {
	tests := map[string]struct{ name, value, words string }{
		"engine":  {"REDISTEST_ENGINE", "docker", `REDISTEST_ENGINE="docker": want fake, native or external`},
		"url":     {"REDISTEST_URL", "http://x:secret@y", `REDISTEST_URL="http://***@y": want redis://[user:password@]host:port[/db]`},
		"server":  {"REDISTEST_SERVER", "/no/such/server", `"/no/such/server" is no program`},
		"require": {"REDISTEST_REQUIRE", "maybe", `REDISTEST_REQUIRE="maybe": want 1 or 0`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("REDISTEST_SERVER", "/no/such/server")
			t.Setenv("REDISTEST_URL", "")
			t.Setenv(tt.name, tt.value)
			r := record(t, func(tb redistest.TB) {
				if tt.name == "REDISTEST_ENGINE" {
					redistest.Start(tb)
				} else {
					redistest.Start(tb, redistest.Real())
				}
			})
			wantText(t, r.text(), tt.words)
		})
	}
}

func TestAtLeast(t *testing.T) {
	needNative(t)
	t.Setenv("REDISTEST_REQUIRE", "")
	tests := map[string]struct {
		opts  []redistest.Option
		skips bool
	}{
		"an old version":    {[]redistest.Option{redistest.Native(), redistest.AtLeast("6.0")}, false},
		"a version to come": {[]redistest.Option{redistest.Native(), redistest.AtLeast("99.1.2")}, true},
		"the fake":          {[]redistest.Option{redistest.Fake(), redistest.AtLeast("6.0")}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, func(tb redistest.TB) { redistest.Start(tb, tt.opts...) })
			if r.skipped != tt.skips || r.failed {
				t.Errorf("skipped, failed = %v, %v, want %v, false:\n%s", r.skipped, r.failed, tt.skips, r.text())
			}
		})
	}
	r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.AtLeast("seven")) })
	wantText(t, r.text(), `AtLeast("seven")`, "want numbers and dots")
	if !r.failed {
		t.Error("AtLeast of nonsense did not fail the test")
	}
}

func TestErrorsHideTheSecretsOfAURL(t *testing.T) {
	tests := map[string]string{
		"hunter2":                              `"***"`,
		"http://user:p@ss@host:1/0":            `"http://***@host:1/0"`,
		"http://host:secret/0":                 `"http://***/0"`,
		"http://host:1,host:2/0?password=p&x=": `"http://host:1,host:2/0?password=***&x=***"`,
		"redis://[::1]:x/0":                    `"redis://***/0"`,
	}
	for url, shown := range tests {
		t.Setenv("REDISTEST_URL", url)
		r := record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.Real()) })
		wantText(t, r.text(), "REDISTEST_URL="+shown+": want redis://")
		r = record(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(url+" ")) })
		if strings.Contains(r.text(), "hunter2") || strings.Contains(r.text(), "p@ss") || strings.Contains(r.text(), "secret") {
			t.Errorf("External(%q) fails with %s, which shows a secret", url, r.text())
		}
	}
}

func TestOddTemporaryDirectories(t *testing.T) {
	needNative(t)
	start := func(tb redistest.TB) {
		srv := redistest.Start(tb, redistest.Native(), redistest.Exclusive())
		if err := srv.Client().Set(tb.Context(), "k", "v", 0).Err(); err != nil {
			tb.Errorf("SET: %v", err)
		}
	}
	empty := func(dir string) {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind in %s: %v, %v", dir, left, err)
		}
	}
	base := t.TempDir()
	t.Chdir(base)
	for _, name := range []string{"with spaces", `with "quotes'`, "with#hash", "plain"} {
		dir := filepath.Join(base, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, tmp := range []string{dir, name, "./" + name + "/../" + name} {
			t.Setenv("TMPDIR", tmp)
			if r := record(t, start); r.failed {
				t.Errorf("TMPDIR=%q: %s", tmp, r.text())
			}
			empty(dir)
		}
	}
	for _, tmp := range []string{filepath.Join(base, "missing"), "missing"} {
		t.Setenv("TMPDIR", tmp)
		r := record(t, start)
		if !r.failed {
			t.Errorf("TMPDIR=%q did not fail the test", tmp)
		}
		wantText(t, r.text(), fmt.Sprintf("TMPDIR=%q: want a directory that is there", tmp))
	}
	empty(filepath.Join(base, "plain"))
}
