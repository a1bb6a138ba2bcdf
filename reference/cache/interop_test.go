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
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/plain"
)

// A peer is a Python with the originals of one release.
type peer struct {
	name   string
	env    []string
	newer  bool // has Django's own RedisCache, and gzip in django-redis
	reason string
}

// peers are the system's Python and the one with newer originals.
func peers() []peer {
	const get = "apt-get install python3-django-redis python3-msgpack python3-lz4 python3-zstandard"
	newer := os.Getenv(originals.Newer)
	return []peer{
		{name: "django-redis 5.2", reason: get},
		{name: "django-redis 7.0", env: []string{"PYTHONPATH=" + newer}, newer: true, reason: get + "; set " + originals.Newer + " to what .ci/originals prints"},
	}
}

const python3 = "/usr/bin/python3" // of the system, which has the originals

// run returns what a script of fixtures/golden/python writes.
func (p peer) run(t *testing.T, stdin []byte, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python3, args...)
	cmd.Dir = filepath.Join("..", "..", "fixtures", "golden", "python")
	cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1"), p.env...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return out, err
}

// need ends the test on a machine without the peer.
func (p peer) need(t *testing.T) {
	t.Helper()
	missing := p.newer && os.Getenv(originals.Newer) == ""
	var err error
	if !missing {
		_, err = p.run(t, nil, "-c", "import make; assert (make.django_redis.VERSION[0] >= 7) is "+map[bool]string{true: "True", false: "False"}[p.newer])
	}
	switch {
	case missing || err != nil && os.Getenv("REDISTEST_REQUIRE") != "1":
		t.Skipf("no %s on this machine: %v: %s", p.name, err, p.reason)
	case err != nil:
		t.Fatalf("no %s on this machine: %v: %s", p.name, err, p.reason)
	}
}

// A pairing is a configuration of Django's or django-redis's cache and the
// alias that shares its data.
type pairing struct {
	Name    string         `json:"name"`
	Backend string         `json:"backend"`
	Options map[string]any `json:"options"`
	// Unequal says that compressed bytes differ between implementations.
	Unequal bool `json:"unequal"`
	alias   cache.Alias
	serial  cache.Serializer
}

// sameBytes reports whether a compressor writes v as Python does all the same.
func (p pairing) sameBytes(t *testing.T, v python.Value) bool {
	return p.alias.Compressor == "lz4" && len(must[[]byte](t)(p.serial.Append(nil, v.Plain))) <= 64<<10
}

func pairings(t *testing.T, newer bool) []pairing {
	t.Helper()
	var all []pairing
	add := func(backend string, a cache.Alias, options map[string]any) {
		protocol := a.PickleVersion
		if a.Backend == cache.BackendDjango {
			protocol = 5
		}
		name := strings.Join([]string{string(a.Backend), a.Serializer, fmt.Sprint(protocol), a.Compressor}, "-")
		a.KeyPrefix, a.KeyPolicy = name, cache.KeysAny
		all = append(all, pairing{
			Name: name, Backend: backend, Options: options, Unequal: a.Compressor != "", alias: a,
			serial: must[cache.Serializer](t)(cache.NewSerializer(a.Serializer, protocol)),
		})
	}
	const jazzbands = "django_redis.cache.RedisCache"
	names := map[string]string{"pickle": "pickle.PickleSerializer", "json": "json.JSONSerializer", "msgpack": "msgpack.MSGPackSerializer"}
	classes := map[string]string{"zlib": "zlib.ZlibCompressor", "lz4": "lz4.Lz4Compressor", "lzma": "lzma.LzmaCompressor", "zstd": "zstd.ZStdCompressor"}
	if newer {
		classes["gzip"] = "gzip.GzipCompressor"
		add("django.core.cache.backends.redis.RedisCache", cache.Alias{Backend: cache.BackendDjango}, map[string]any{})
	}
	for serial, class := range names {
		add(jazzbands, cache.Alias{Serializer: serial}, map[string]any{"SERIALIZER": "django_redis.serializers." + class})
	}
	for press, class := range classes { // what is compressed does not know its serializer
		add(jazzbands, cache.Alias{Serializer: "pickle", Compressor: press}, map[string]any{"COMPRESSOR": "django_redis.compressors." + class})
	}
	for _, version := range []int{2, 3, 5} {
		add(jazzbands, cache.Alias{Serializer: "pickle", PickleVersion: version}, map[string]any{"PICKLE_VERSION": version})
	}
	return all
}

// play runs the script and returns its problems and the values it skipped.
func (p peer) play(t *testing.T, mode, url string, cases []pairing) (problems []string, skipped map[string]bool) {
	t.Helper()
	job := must[[]byte](t)(json.Marshal(map[string]any{"url": url, "cases": cases}))
	out, err := p.run(t, job, "interop.py", mode)
	if err != nil {
		t.Fatal(err)
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

// TestInteropWithPython writes every value with every serializer and
// compressor on one side and reads it on the other, both ways.
func TestInteropWithPython(t *testing.T) {
	t.Parallel()
	for _, p := range peers() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.need(t)
			interop(t, p)
		})
	}
}

func interop(t *testing.T, p peer) {
	t.Helper()
	srv := redistest.Start(t, redistest.Real())
	cases := pairings(t, p.newer)
	problems, skipped := p.play(t, "write", srv.URL(), cases)
	if len(skipped) == 0 {
		t.Error("no value was refused by any serializer: the script is broken")
	}
	aliases := make(map[string]cache.Alias)
	for _, c := range cases {
		c.alias.Location = []string{srv.URL()}
		aliases[c.Name] = c.alias
	}
	caches := open(t, aliases)
	for _, pair := range cases {
		c := alias(t, caches, pair.Name)
		readPython(t, c, pair, skipped)
		writeGo(t, c, pair, skipped)
	}
	again, _ := p.play(t, "check", srv.URL(), cases)
	for _, problem := range append(problems, again...) {
		t.Error(problem)
	}
	for _, pair := range cases {
		if v, err := alias(t, caches, pair.Name).Get(t.Context(), "py-counter"); err != nil || v != int64(43) {
			t.Errorf("%s: the counter that both count = %v, %v, want 43", pair.Name, v, err)
		}
	}
}

// readPython reads what django-redis wrote.
func readPython(t *testing.T, c cache.Cache, p pairing, skipped map[string]bool) {
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
		want := through(t, p, v)
		if reflect.DeepEqual(want, got) {
			continue // a Diff of a list of 70000 takes its time
		}
		if diff := cmp.Diff(want, got, same()); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", p.Name, v.Name, diff)
		}
	}
	if read < 50 {
		t.Errorf("%s: only %d values were read", p.Name, read)
	}
	if n, err := c.Incr(ctx, "py-counter", 1); err != nil || n != 42 {
		t.Errorf("%s: Incr of Python's counter = %d, %v, want 42", p.Name, n, err)
	}
	if p.alias.Backend == cache.BackendDjango {
		return // it has no locks and no sets
	}
	if held, err := c.Lock("py-lock", cache.LockOptions{Wait: -1}).Acquire(ctx); held || err != nil {
		t.Errorf("%s: Acquire of Python's lock = %v, %v, want false", p.Name, held, err)
	}
	members := must[[]any](t)(c.SMembers(ctx, "py-set"))
	if len(members) < 50 {
		t.Errorf("%s: only %d members of Python's set were read", p.Name, len(members))
	}
	if is, err := c.SIsMember(ctx, "py-set", []any{int64(1), "two", 3.0, nil, true}); err != nil || is {
		t.Errorf("%s: an alien is a member: %v", p.Name, err)
	}
	for _, v := range values(t) {
		if skipped[fmt.Sprint([]any{p.Name, v.Name})] || p.Unequal && !p.sameBytes(t, v) {
			continue
		}
		if is, err := c.SIsMember(ctx, "py-set", v.Plain); err != nil || !is {
			t.Errorf("%s: %s is no member of Python's set: other bytes (%v)", p.Name, v.Name, err)
		}
	}
}

// writeGo writes what django-redis will check.
func writeGo(t *testing.T, c cache.Cache, p pairing, skipped map[string]bool) {
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
