package devenv_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

func TestAliasesTakeTheDatabasesThatAreLeft(t *testing.T) {
	t.Parallel()
	var environ []string
	for i := range 9 {
		environ = append(environ, fmt.Sprintf("REDIS_CACHE_MINE%d_TIMEOUT=", i))
	}
	s := mustLoad(t, "", environ...)
	for i := range 9 {
		a, ok := s.Alias(fmt.Sprint("mine", i))
		if !ok || a.URL.DB() != 7+i || a.Timeout != devenv.NoTimeout || a.KeyPrefix != a.Name || a.Version != 1 {
			t.Errorf("alias mine%d = %+v, %t, want database %d, for ever, its name as prefix", i, a, ok, 7+i)
		}
	}
	_, err := load(t, "", append(environ, "REDIS_CACHE_ZZ_VERSION=2"), nil)
	if err == nil || !strings.Contains(err.Error(), `REDIS_CACHE_ZZ_URL: no database is left for cache alias "zz"`) {
		t.Errorf("Load with ten aliases of one's own = %v, want an error that names the last", err)
	}
	if _, err := load(t, "", append(environ, "REDIS_CACHE_ZZ_URL=redis://elsewhere/0"), nil); err != nil {
		t.Errorf("Load with ten aliases, one elsewhere: %v", err)
	}
}

// TestEveryFormIsRefused gives each variable a value that is not of its form.
func TestEveryFormIsRefused(t *testing.T) {
	t.Parallel()
	bad := map[string]string{
		"REDKIT_PROJECT": "Shop!", "REDKIT_IMAGE": "redis 7", "REDKIT_PASSWORD": "a b", "REDIS_CLUSTER_NODES": "h", "REDIS_SENTINELS": "h:1,:2", "CELERY_BROKER_TRANSPORT_OPTIONS": "[1]",
		"REDIS_CACHE_<ALIAS>_TIMEOUT": "-1", "REDIS_CACHE_<ALIAS>_VERSION": "0", "REDKIT_BIND": "::1", "REDKIT_WAIT": "0s", "REDIS_APP_USERNAME": "a b", "REDIS_APP_PASSWORD": "a'b", "REDIS_CELERY_PASSWORD": "é",
		"REDIS_MONITOR_PASSWORD": "a\\", "CELERY_RESULT_EXPIRES": "99999999999999",
	}
	anything := regexp.MustCompile("^(text|a directory.*|the path of.*|the name or path.*|the name of.*)$")
	for _, v := range devenv.Variables() {
		if anything.MatchString(v.Form) {
			continue
		}
		value, ok := bad[v.Name]
		if !ok {
			value = "no such thing!"
		}
		name := strings.ReplaceAll(v.Name, "<ALIAS>", "MINE")
		_, err := load(t, "", []string{name + "=" + value}, nil)
		var problems devenv.Problems
		if !errors.As(err, &problems) || problems[0].Variable != name || problems[0].Want == "" || problems[0].Fix == "" {
			t.Errorf("Load with %s=%s = %v, want a problem of it", name, value, err)
		}
	}
}

func TestLoadNeedsTheFileThatIsNamed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if _, err := devenv.Load(devenv.LoadOptions{Root: root, Environ: []string{}, DotEnv: "missing.env"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load with a missing file = %v, want fs.ErrNotExist", err)
	}
	if err := os.WriteFile(filepath.Join(root, "other.env"), []byte("REDKIT_CACHE_PORT=6001"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := devenv.Load(devenv.LoadOptions{Root: root, Environ: []string{}, DotEnv: "other.env"})
	if err != nil || s.CachePort != 6001 || s.Origin("REDKIT_CACHE_PORT") != "other.env:1" {
		t.Errorf("Load with other.env: %v, %+v", err, s)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]devenv.Size{"0": 0, "100": 100, "5b": 5, "1k": 1000, "1kb": 1024, "2M": 2e6, "128MB": 128 << 20, "1g": 1e9, "3gb": 3 << 30} {
		if got, err := devenv.ParseSize(text); got != want || err != nil {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
		if again, err := devenv.ParseSize(want.String()); again != want || err != nil {
			t.Errorf("%q is written as %q, which reads as %d, %v", text, want, again, err)
		}
	}
	for _, text := range []string{"", "mb", "1.5gb", "-1", "1tb", "99999999999gb", "1 gb"} {
		if got, err := devenv.ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}
