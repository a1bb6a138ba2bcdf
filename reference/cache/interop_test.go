package cache_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/plain"
)

// A python is an interpreter that has the wanted modules.
func interpreter(t *testing.T, modules ...string) string {
	t.Helper()
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(path, "-c", "import "+strings.Join(modules, ", ")).Run() == nil {
			return path
		}
	}
	missing := "no python3 with " + strings.Join(modules, ", ") + ": apt-get install python3-django-redis python3-msgpack python3-lz4"
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// A pairing is a configuration of django-redis and the same of this package.
type pairing struct {
	Name    string         `json:"name"`
	Backend string         `json:"backend"`
	Options map[string]any `json:"options"`
	Unequal bool           `json:"unequal"` // compressed bytes differ between implementations
	serial  cache.Serializer
	press   cache.Compressor
}

func pairings(t *testing.T) []pairing {
	t.Helper()
	var all []pairing
	names := map[string]string{"pickle": "pickle.PickleSerializer", "json": "json.JSONSerializer", "msgpack": "msgpack.MSGPackSerializer"}
	classes := map[string]string{"": "", "zlib": "zlib.ZlibCompressor", "lz4": "lz4.Lz4Compressor", "lzma": "lzma.LzmaCompressor"}
	for _, serial := range []string{"pickle", "json", "msgpack"} {
		for _, press := range []string{"", "zlib", "lz4", "lzma"} {
			p := pairing{Name: serial + "-" + press, Backend: "django_redis.cache.RedisCache", Options: map[string]any{"SERIALIZER": "django_redis.serializers." + names[serial]}, Unequal: press != ""}
			if press != "" {
				p.Options["COMPRESSOR"] = "django_redis.compressors." + classes[press]
			}
			p.serial = must[cache.Serializer](t)(cache.NewSerializer(serial, 0))
			p.press = compressor(t, press, 0)
			all = append(all, p)
		}
	}
	for _, version := range []int{2, 3, 5} {
		all = append(all, pairing{Name: fmt.Sprint("pickle", version), Backend: "django_redis.cache.RedisCache", Options: map[string]any{"PICKLE_VERSION": version},
			serial: must[cache.Serializer](t)(cache.NewSerializer("pickle", version))})
	}
	return all
}

// play runs the script and returns its problems and the values it skipped.
func play(t *testing.T, python, mode, url string, cases []pairing) (problems []string, skipped map[string]bool) {
	t.Helper()
	job := must[[]byte](t)(json.Marshal(map[string]any{"url": url, "cases": cases}))
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "fixtures", "golden", "python", "interop.py"), mode)
	cmd.Stdin = bytes.NewReader(job)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("interop.py %s: %v\n%s", mode, err, stderr.String())
	}
	var all []any
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	skipped = make(map[string]bool)
	for _, item := range all {
		switch item := item.(type) {
		case string:
			problems = append(problems, item)
		case map[string]any:
			skipped[fmt.Sprint(item["skipped"])] = true
		}
	}
	return problems, skipped
}

func TestInteropWithDjangoRedis(t *testing.T) {
	t.Parallel()
	python3 := interpreter(t, "django_redis", "msgpack", "lz4.frame")
	srv := redistest.Start(t, redistest.Real())
	cases := pairings(t)
	problems, skipped := play(t, python3, "write", srv.URL(), cases)
	if len(skipped) == 0 {
		t.Error("no value was refused by any serializer: the script is broken")
	}
	caches := make(map[string]*cache.Redis)
	for _, p := range cases {
		c := cache.NewRedis(srv.Client(), cache.RedisOptions{KeyPrefix: p.Name, KeyPolicy: cache.KeysAny, Serializer: p.serial, Compressor: p.press})
		caches[p.Name] = c
		readPython(t, c, p, skipped)
		writeGo(t, c, p, skipped)
	}
	again, _ := play(t, python3, "check", srv.URL(), cases)
	for _, problem := range append(problems, again...) {
		t.Error(problem)
	}
	for name, c := range caches {
		if v, err := c.Get(t.Context(), "py-counter"); err != nil || v != int64(43) {
			t.Errorf("%s: the counter that both count = %v, %v, want 43", name, v, err)
		}
	}
}

// readPython reads what django-redis wrote.
func readPython(t *testing.T, c *cache.Redis, p pairing, skipped map[string]bool) {
	t.Helper()
	ctx := t.Context()
	read := 0
	for _, v := range values(t) {
		if skipped[fmt.Sprint([]any{p.Name, v.Name})] {
			continue
		}
		got, err := c.Get(ctx, "py:"+v.Name)
		if err != nil {
			t.Errorf("%s: get %s: %v", p.Name, v.Name, err)
			continue
		}
		read++
		if diff := cmp.Diff(through(t, p, v), got, same()); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", p.Name, v.Name, diff)
		}
	}
	if read < 50 {
		t.Errorf("%s: only %d values were read", p.Name, read)
	}
	if n, err := c.Incr(ctx, "py-counter", 1); err != nil || n != 42 {
		t.Errorf("%s: Incr of Python's counter = %d, %v, want 42", p.Name, n, err)
	}
	if held, err := c.Lock("py-lock", cache.LockOptions{Wait: -1}).Acquire(ctx); held || err != nil {
		t.Errorf("%s: Acquire of Python's lock = %v, %v, want false", p.Name, held, err)
	}
	if !p.Unequal {
		if is, err := c.SIsMember(ctx, "py-set", []any{int64(1), "two", 3.0, nil, true}); err != nil || is {
			t.Errorf("%s: an alien is a member: %v", p.Name, err)
		}
	}
	for _, v := range values(t) {
		if skipped[fmt.Sprint([]any{p.Name, v.Name})] || p.Unequal {
			continue
		}
		if is, err := c.SIsMember(ctx, "py-set", v.Plain); err != nil || !is {
			t.Errorf("%s: %s is no member of Python's set: other bytes (%v)", p.Name, v.Name, err)
		}
	}
}

// writeGo writes what django-redis will check.
func writeGo(t *testing.T, c *cache.Redis, p pairing, skipped map[string]bool) {
	t.Helper()
	ctx := t.Context()
	for _, v := range values(t) {
		err := c.Set(ctx, "go:"+v.Name, v.Plain)
		if skipped[fmt.Sprint([]any{p.Name, v.Name})] {
			if !errors.Is(err, cache.ErrSerialize) && !strings.Contains(v.Name, "dict") { // Python's msgpack writes dictionaries that it cannot read
				t.Errorf("%s: set %s = %v, want ErrSerialize as in Python", p.Name, v.Name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: set %s: %v", p.Name, v.Name, err)
		}
		if _, err := c.SAdd(ctx, "go-set", []any{v.Plain}); err != nil {
			t.Errorf("%s: sadd %s: %v", p.Name, v.Name, err)
		}
	}
	if err := c.Set(ctx, "go-counter", 41); err != nil {
		t.Error(err)
	}
	if held, err := c.Lock("go-lock", cache.LockOptions{Timeout: time.Hour}).Acquire(ctx); !held || err != nil {
		t.Errorf("%s: Acquire = %v, %v", p.Name, held, err)
	}
}

// through is a value as the serializer gives it back.
func through(t *testing.T, p pairing, v python.Value) any {
	t.Helper()
	switch v.Plain.(type) {
	case int64, *big.Int:
		return v.Plain // stored as digits
	}
	if _, pickled := p.serial.(cache.Pickle); pickled {
		return must[any](t)(plain.Snapshot(v.Plain))
	}
	data := must[[]byte](t)(p.serial.Append(nil, v.Plain)) // whose bytes the golden values prove
	return must[any](t)(p.serial.Parse(data))
}

func same() cmp.Options {
	return cmp.Options{
		cmpopts.EquateNaNs(),
		cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
		cmp.Comparer(time.Time.Equal),
	}
}
