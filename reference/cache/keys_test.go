package cache_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/reference/cache"
)

func TestKeysAreStable(t *testing.T) {
	t.Parallel()
	k := cache.Keys{Namespace: "shop", Version: 2}
	tests := []struct{ got, want string }{
		{k.Join("report", 2026, "q1"), "shop:v2:report:2026:q1"},
		{k.Join("a:b", "c d"), "shop:v2:a%3Ab:c%20d"},
		{cache.Keys{}.Join("x"), "v0:x"},
		{k.Permissions("user", 42, "project", 7), "shop:v2:permissions:user:42:project:7"},
		{k.Pattern("permissions", "user", 42), "shop:v2:permissions:user:42:*"},
		{k.Join(strings.Repeat("é", 150)), "shop:v2:" + strings.Repeat("é", 79) + "~0f82813f97363d3eec29f1ca8d4cbb36"},
		{k.Response(cache.Response{View: "orders.list", User: "42", URL: link(t, "http://h/orders?b=2&a=1")}), "shop:v2:response:orders.list:GET:42:4b2409548ab38ab9ed609529dbfb54b2"},
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
	long := strings.Repeat("x", 300)
	if k.Join(long, 1) == k.Join(long, 2) {
		t.Error("long keys that differ at the end are the same")
	}
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
