package cache_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

func open(t *testing.T, aliases map[string]cache.Alias, opts ...cache.OpenOption) *cache.Caches {
	t.Helper()
	caches, err := cache.Open(aliases, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caches.Close(); err != nil {
			t.Error(err)
		}
	})
	return caches
}

func alias(t *testing.T, caches *cache.Caches, name string) cache.Cache {
	t.Helper()
	return must[cache.Cache](t)(caches.Get(name))
}

func TestOpenServesAliases(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.Start(t)
	aliases := map[string]cache.Alias{
		"default":     {Location: []string{srv.URL()}},
		"permissions": {Location: []string{srv.URL()}, KeyPrefix: "perm", Timeout: cache.For(time.Minute), Serializer: "json", Compressor: "zlib"},
		"view":        {Location: []string{srv.URL()}, KeyPrefix: "perm", Version: 1, Serializer: "json", Compressor: "zlib"},
		"memory":      {Backend: cache.BackendMemory, Location: []string{"a"}},
	}
	for name, opts := range map[string][]cache.OpenOption{"on redis": nil, "in memory": {cache.InMemory()}} {
		caches := open(t, aliases, opts...)
		if diff := cmp.Diff([]string{"default", "memory", "permissions", "view"}, caches.Names()); diff != "" {
			t.Errorf("Names (-want +got):\n%s", diff)
		}
		permissions := alias(t, caches, "permissions")
		if err := permissions.Set(ctx, "k", []any{"read", "write", "delete"}); err != nil {
			t.Fatal(err)
		}
		if d := must[time.Duration](t)(permissions.TTL(ctx, "k")); d != time.Minute {
			t.Errorf("%s: TTL = %v, want the alias's minute", name, d)
		}
		got := must[any](t)(alias(t, caches, "view").Get(ctx, "k"))
		if diff := cmp.Diff([]any{"read", "write", "delete"}, got); diff != "" {
			t.Errorf("%s: another alias with the prefix reads (-want +got):\n%s", name, diff)
		}
		if _, err := alias(t, caches, "default").Get(ctx, "k"); !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("%s: another prefix reads %v, want ErrNotFound", name, err)
		}
		if _, err := caches.Get("nobody"); err == nil || !strings.Contains(err.Error(), "default, memory, permissions, view") {
			t.Errorf("%s: Get(nobody) = %v, want the names there are", name, err)
		}
	}
}

func TestOpenReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := cache.Open(map[string]cache.Alias{
		"a": {},
		"b": {Location: []string{"redis://:s3cret@h:1/1", "http://:s3cret@h"}, Serializer: "yaml", Compressor: "brotli"},
		"c": {Location: []string{"redis://h/1?socket_timeout=soon"}, PickleVersion: 9},
		"d": {Location: []string{"redis://h/1"}, DB: 2},
		"e": {Backend: "memcached"},
		"f": {Location: []string{"redis://h/0"}, Cluster: true, DB: 1, KeyFunction: func(k, _, _ string) string { return k }},
		"g": {Location: []string{"redis://:s3cret@h:port"}},
		"h": {Location: []string{"http://:s3cret@h"}},
		"i": {Location: []string{"redis://shop/0", "redis://other/0"}, Sentinel: &cache.Sentinel{Addrs: []string{"h:1"}}},
		"j": {Location: []string{"redis://:s3cret@shop/0?is_master=maybe"}, Sentinel: &cache.Sentinel{Addrs: []string{"h:1"}}},
		"k": {Location: []string{"redis://h/0"}, PoolTimeout: -1},
	})
	if err == nil {
		t.Fatal("Open = nil, want errors")
	}
	for _, want := range []string{
		`alias "a": Location is empty`, `alias "b": unknown serializer "yaml"`, `alias "b": unknown compressor "brotli"`,
		`alias "c": pickle version 9`, `alias "d": in Location[0]: redis://h/1: database 1, but DB is 2`,
		`alias "e": unknown Backend "memcached"`, `alias "f": DB 1 with Cluster`, `alias "f": KeyFunction without ReverseKey`,
		`alias "g": in Location[0]: not a URL`, `alias "h": in Location[0]: http://:xxxxx@h: invalid URL scheme: http: want redis://`,
		`alias "i": in Location[1]: the sentinels lead to the primary of Location[0]`, `alias "j": in Location[0]: redis://:xxxxx@shop/0?is_master=maybe: option is_master=maybe: want 1 or 0`,
		`alias "k": DialTimeout 0s, SocketTimeout 0s, PoolTimeout -1ns: want 0 or more`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no problem %q in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("a password is shown in:\n%v", err)
	}
}

// TestAnAliasReachesEveryOption has what only NewRedis and NewIgnoring had.
func TestAnAliasReachesEveryOption(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	var log bytes.Buffer
	server := "redis://" + srv.Faults().Addr() + "/0"
	caches := open(t, map[string]cache.Alias{
		"default": {Location: []string{server}, KeyPrefix: "p", IgnoreExceptions: true, Logger: slog.New(slog.NewTextHandler(&log, nil))},
		"hashes":  {Location: []string{server}, KeyPrefix: "p", HashV6: true, Direct: true},
	})
	if _, err := alias(t, caches, "hashes").HSet(t.Context(), "h", map[string]any{"f": "v"}); err != nil {
		t.Fatal(err)
	}
	if got := srv.Client().HKeys(t.Context(), "h").Val(); !slices.Equal(got, []string{"p:1:f"}) {
		t.Errorf("the fields of h = %q, want p:1:f, as django-redis 6 has it", got)
	}
	srv.Faults().Refuse()
	c := alias(t, caches, "default")
	if _, err := c.Get(t.Context(), "k"); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("Get of a server that is away = %v, want ErrNotFound", err)
	}
	if !strings.Contains(log.String(), "cache error ignored") {
		t.Errorf("the log is %q, want a record of the error", &log)
	}
	if n := c.(*cache.Ignoring).Ignored()["get"]; n != 1 {
		t.Errorf("Ignored()[get] = %d, want 1", n)
	}
}

// TestAPoolThatIsUsedUpIsUnavailable has a write that waits for its reply hold
// the one connection there is.
func TestAPoolThatIsUsedUpIsUnavailable(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	caches := open(t, map[string]cache.Alias{"default": {Location: []string{"redis://" + srv.Faults().Addr() + "/0"}, PoolSize: 1, PoolTimeout: 10 * time.Millisecond}})
	c := alias(t, caches, "default")
	if err := c.Set(t.Context(), "k", 0); err != nil {
		t.Fatal(err)
	}
	srv.Faults().Stall()
	ctx, stop := context.WithCancel(t.Context())
	holding := make(chan error, 1)
	go func() { holding <- c.Set(ctx, "k", 1) }() // ended by stop, awaited below
	errs := make([]error, 3)
	for i := range errs {
		for { // until the first one has the connection
			short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			errs[i] = c.Set(short, fmt.Sprint(i), i)
			late := short.Err() != nil
			cancel()
			if !late {
				break
			}
		}
		if !errors.Is(errs[i], cache.ErrUnavailable) {
			t.Errorf("Set with the pool used up = %v, want ErrUnavailable", errs[i])
		}
	}
	srv.Faults().Heal()
	stop()
	<-holding
	if err := c.Set(t.Context(), "k", 2); err != nil {
		t.Errorf("Set when a connection is free again = %v, want nil", err)
	}
}

func TestOpenReadsPythonsURLOptions(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	url := srv.URL()
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	caches := open(t, map[string]cache.Alias{"default": {Location: []string{url + sep + "socket_timeout=2.5&max_connections=3&health_check_interval=30&client_name=redkit"}}})
	if err := alias(t, caches, "default").Set(t.Context(), "k", 1); err != nil {
		t.Error(err)
	}
}

func TestOperationsAfterCloseFail(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	caches := must[*cache.Caches](t)(cache.Open(map[string]cache.Alias{"default": {Location: []string{srv.URL()}}}))
	c := alias(t, caches, "default")
	if err := errors.Join(c.Close(), c.Close(), c.Set(t.Context(), "k", 1), caches.Close(), caches.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "k"); !errors.Is(err, cache.ErrClosed) {
		t.Errorf("Get = %v, want ErrClosed", err)
	}
}

// TestIgnoringCoversEveryOperation calls every method of Cache while there is
// no server.
func TestIgnoringCoversEveryOperation(t *testing.T) {
	t.Parallel()
	nobody := []string{"unix://" + t.TempDir() + "/none.sock"}
	caches := open(t, map[string]cache.Alias{
		"plain":    {Location: nobody},
		"ignoring": {Location: nobody, IgnoreExceptions: true},
	})
	plain, ignoring := alias(t, caches, "plain"), alias(t, caches, "ignoring").(*cache.Ignoring)
	called := 0
	kind := reflect.TypeFor[cache.Cache]()
	for i := range kind.NumMethod() {
		m := kind.Method(i)
		switch m.Name {
		case "Close", "Lock", "IterKeys", "Pipeline", "GetOrSet":
			continue // below
		}
		called++
		if err := invoke(t, plain, m); !errors.Is(err, cache.ErrUnavailable) {
			t.Errorf("%s without ignoring = %v, want ErrUnavailable", m.Name, err)
		}
		if err := invoke(t, ignoring, m); err != nil && !errors.Is(err, cache.ErrNotFound) {
			t.Errorf("%s = %v, want nil or ErrNotFound", m.Name, err)
		}
	}
	ctx := t.Context()
	v, err := ignoring.GetOrSet(ctx, "k", func(context.Context) (any, error) { return "made", nil })
	if v != "made" || err != nil {
		t.Errorf("GetOrSet = %v, %v, want what was made", v, err)
	}
	for key, err := range ignoring.IterKeys(ctx, "*") {
		t.Errorf("IterKeys yields %q, %v", key, err)
	}
	lock := ignoring.Lock("l", cache.LockOptions{Timeout: time.Second})
	if held, err := lock.Acquire(ctx); held || err != nil {
		t.Errorf("Acquire = %v, %v, want false, nil", held, err)
	}
	if err := lock.Do(ctx, func(context.Context) error { t.Error("worked without the lock"); return nil }); !errors.Is(err, cache.ErrLockNotAcquired) {
		t.Errorf("Do = %v, want ErrLockNotAcquired", err)
	}
	var got *cache.Future[any]
	if err := ignoring.Pipeline(ctx, func(p cache.Pipe) error { got = p.Get("k"); return nil }); err != nil {
		t.Errorf("Pipeline = %v", err)
	}
	if _, err := got.Result(); !errors.Is(err, cache.ErrNotFound) {
		t.Errorf("a queued Get = %v, want ErrNotFound", err)
	}
	total := 0
	for _, n := range ignoring.Ignored() {
		total += n
	}
	if total < called {
		t.Errorf("%d errors were counted for %d calls: %v", total, called, ignoring.Ignored())
	}
	if err := ignoring.Set(ctx, "bad key", 1); !errors.Is(err, cache.ErrInvalidKey) {
		t.Errorf("a caller's mistake = %v, want ErrInvalidKey", err)
	}
}

// invoke calls a method with one value of each type it asks for.
func invoke(t *testing.T, c cache.Cache, m reflect.Method) error {
	t.Helper()
	var args []reflect.Value
	for i := range m.Type.NumIn() {
		in := m.Type.In(i)
		if m.Type.IsVariadic() && i == m.Type.NumIn()-1 {
			break
		}
		switch in {
		case reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(t.Context()))
		case reflect.TypeFor[string]():
			args = append(args, reflect.ValueOf("k"))
		case reflect.TypeFor[any]():
			args = append(args, reflect.ValueOf("v"))
		case reflect.TypeFor[[]string]():
			args = append(args, reflect.ValueOf([]string{"k"}))
		case reflect.TypeFor[[]any]():
			args = append(args, reflect.ValueOf([]any{"v"}))
		case reflect.TypeFor[map[string]any]():
			args = append(args, reflect.ValueOf(map[string]any{"k": "v"}))
		case reflect.TypeFor[[]cache.Scored]():
			args = append(args, reflect.ValueOf([]cache.Scored{{Member: "v"}}))
		default:
			if in.Kind() == reflect.Pointer {
				args = append(args, reflect.New(in.Elem()))
			} else {
				args = append(args, reflect.Zero(in))
			}
		}
	}
	out := reflect.ValueOf(c).MethodByName(m.Name).Call(args)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}
