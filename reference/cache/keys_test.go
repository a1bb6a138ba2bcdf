package cache_test

import (
	"errors"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
)

func TestKeysAreStable(t *testing.T) {
	t.Parallel()
	k := cache.Keys{Namespace: "shop", Version: 2}
	tests := []struct{ got, want string }{
		{k.Join("report", 2026, "q1"), "shop:v2:report:2026:q1"},
		{k.Join("a:b", "c d"), "shop:v2:a%3Ab:c%20d"},
		{cache.Keys{}.Join("x"), "v0:x"},
		{k.Join(true, 1.5, uint8(7), net.IPv4(10, 0, 0, 1), time.Minute, time.Unix(0, 0).UTC(), []string{"a b"}), "shop:v2:true:1.5:7:10.0.0.1:1m0s:1970-01-01T00%3A00%3A00Z:[\"a%20b\"]"},
		{k.Permissions("user", 42), "shop:v2:permissions:user:42:granted"},
		{k.Permissions("user", 42, "project", 7), "shop:v2:permissions:user:42:project:7:granted"},
		{k.Pattern("permissions", "user", 42), "shop:v2:permissions:user:42:*"},
		{k.Join(strings.Repeat("é", 150)), "shop:v2:" + strings.Repeat("é", 79) + "~0f82813f97363d3eec29f1ca8d4cbb36"},
		{k.Response(cache.Response{View: "orders.list", User: "42", URL: link(t, "http://h/orders?b=2&a=1")}), "shop:v2:response:orders.list:GET:42:eeca798c0e84af5d117f71719f98ce51"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("key = %q, want %q", tt.got, tt.want)
		}
		if len(tt.got) > 200 {
			t.Errorf("key %q has %d bytes, want at most 200", tt.got, len(tt.got))
		}
	}
}

func link(t *testing.T, s string) *url.URL {
	t.Helper()
	return must[*url.URL](t)(url.Parse(s))
}

func TestKeysSetApartWhatDiffers(t *testing.T) {
	t.Parallel()
	k := cache.Keys{}
	base := cache.Response{View: "v", URL: link(t, "http://h/p?a=1&b=2"), Header: map[string][]string{"Accept-Language": {"de"}, "Authorization": {"secret"}}, Vary: []string{"accept-language"}}
	same := []func(*cache.Response){
		func(r *cache.Response) { r.URL = link(t, "http://H/p?b=2&a=1") },
		func(r *cache.Response) { r.Method = "head" },
		func(r *cache.Response) { r.Vary = []string{"Accept-Language", "ACCEPT-LANGUAGE"} },
		func(r *cache.Response) { r.Header = map[string][]string{"accept-language": {"de"}} },
	}
	for i, change := range same {
		r := base
		if change(&r); k.Response(r) != k.Response(base) {
			t.Errorf("change %d gives another key, want the same", i)
		}
	}
	other := []func(*cache.Response){
		func(r *cache.Response) { r.URL = link(t, "http://h/p?a=1&b=3") },
		func(r *cache.Response) { r.URL = link(t, "http://other/p?a=1&b=2") },
		func(r *cache.Response) { r.URL = link(t, "https://h/p?a=1&b=2") },
		func(r *cache.Response) { r.URL = link(t, "http://h/p?a=1&b=2&c=1;d=2") },
		func(r *cache.Response) { r.URL = link(t, "http://h/p?a=1&b=2&c=%zz") },
		func(r *cache.Response) { r.Method = "POST" },
		func(r *cache.Response) { r.User = "1" },
		func(r *cache.Response) { r.Header = map[string][]string{"Accept-Language": {"fr"}} },
		func(r *cache.Response) { r.Vary = append(r.Vary, "Authorization") },
		func(r *cache.Response) { r.Vary = nil },
	}
	for i, change := range other {
		r := base
		if change(&r); k.Response(r) == k.Response(base) {
			t.Errorf("change %d gives the same key, want another", i)
		}
	}
	if k.Join("a", "b") == k.Join("a:b") || k.Join("a%3Ab") == k.Join("a:b") || k.Join("a", "") == k.Join("a") {
		t.Error("different parts give the same key")
	}
	for _, two := range [][2]string{{"a=1;b", "a=2;b"}, {"a=%zz", "a=%zy"}, {"sort=a&sort=b", "sort=b&sort=a"}, {"a=%3b", "a=;"}} {
		one, other := cache.Response{URL: link(t, "/p?"+two[0])}, cache.Response{URL: link(t, "/p?"+two[1])}
		if k.Response(one) == k.Response(other) {
			t.Errorf("the queries %s and %s give the same key", two[0], two[1])
		}
	}
	if k.Join([]string{"a", "b"}) == k.Join([]string{"a b"}) || k.Join(nil) == k.Join("<nil>") {
		t.Error("different lists give the same key")
	}
	long := strings.Repeat("x", 300)
	if k.Join(long, 1) == k.Join(long, 2) {
		t.Error("long keys that differ at the end are the same")
	}
}

// TestKeysAreThoseOfEveryProcess: no address of this one is in a key.
func TestKeysAreThoseOfEveryProcess(t *testing.T) {
	t.Parallel()
	type order struct{ ID *int }
	k, one, other := cache.Keys{}, 7, 7
	if a, b := k.Join(&one, order{&one}), k.Join(&other, order{&other}); a != b {
		t.Errorf("pointers to equal values give %q and %q, want one key", a, b)
	}
	if got := k.Join(make(chan int)); got != k.Join(make(chan int)) {
		t.Errorf("a channel gives %q, which another process would not", got)
	}
}

// TestPermissionsOfASubjectMatchItsPattern revokes what a user may do.
func TestPermissionsOfASubjectMatchItsPattern(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c subject) {
		ctx, k := t.Context(), cache.Keys{Namespace: "shop"}
		revoked := []string{k.Permissions("user", 42), k.Permissions("user", 42, ""), k.Permissions("user", 42, "project", 7)}
		kept := []string{k.Permissions("user", 4), k.Permissions("user", 421), k.Permissions("group", 42)}
		for _, key := range append(revoked, kept...) {
			if err := c.Set(ctx, key, "read"); err != nil {
				t.Fatal(err)
			}
		}
		if n := must[int](t)(c.DeletePattern(ctx, k.Pattern("permissions", "user", 42))); n != len(revoked) {
			t.Errorf("DeletePattern = %d, want %d", n, len(revoked))
		}
		left := must[map[string]any](t)(c.GetMany(ctx, append(revoked, kept...)))
		if got := slices.Sorted(maps.Keys(left)); !slices.Equal(got, slices.Sorted(slices.Values(kept))) {
			t.Errorf("after the pattern of user 42 there are %q, want %q", got, kept)
		}
	})
}

func TestKeyPolicyFindsEveryBadByte(t *testing.T) {
	t.Parallel()
	c := cache.NewMemory(cache.MemoryOptions{})
	for b := range 256 {
		for at := range 20 {
			key := strings.Repeat("é", 10)[:at] + string([]byte{byte(b)}) + strings.Repeat("x", 19-at)
			_, err := c.Has(t.Context(), key)
			if bad := b <= ' ' || b == 0x7f; errors.Is(err, cache.ErrInvalidKey) != bad {
				t.Errorf("Has of a key with byte %#x at %d = %v, want an error: %v", b, at, err, bad)
			}
		}
	}
}

// Keys are looked at a word at a time, so every length and every place counts.
func TestKeysAreRefusedForOneCharacterAnywhere(t *testing.T) {
	t.Parallel()
	m := cache.NewMemory(cache.MemoryOptions{})
	for size := range 20 {
		for at := range size {
			for _, c := range []byte{0, '\n', 0x1f, ' ', '!', '~', 0x7f, 0x80, 0xa0, 0xff} {
				key := []byte(strings.Repeat("k", size))
				key[at] = c
				err := m.Set(t.Context(), string(key), 1)
				if got, want := errors.Is(err, cache.ErrInvalidKey), c <= ' ' || c == 0x7f; got != want {
					t.Errorf("Set(%q) = %v, refused %v, want %v", key, err, got, want)
				}
			}
		}
	}
}
