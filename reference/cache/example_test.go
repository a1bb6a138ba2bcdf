package cache_test

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/reference/cache"
)

// Applications open their aliases once. InMemory makes a test need no server.
func ExampleOpen() {
	ctx := context.Background()
	caches, err := cache.Open(map[string]cache.Alias{
		"default":     {Location: []string{"redis://127.0.0.1:6379/1"}},
		"permissions": {Location: []string{"redis://127.0.0.1:6379/1"}, KeyPrefix: "perm", Timeout: cache.For(time.Minute)},
	}, cache.InMemory())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer caches.Close()
	permissions, err := caches.Get("permissions")
	if err != nil {
		fmt.Println(err)
		return
	}
	key := cache.Keys{Namespace: "shop", Version: 1}.Permissions("user", 42)
	granted, err := permissions.GetOrSet(ctx, key, func(context.Context) (any, error) {
		return []any{"read", "write"}, nil // what a database would say
	}, cache.For(time.Hour))
	left, _ := permissions.TTL(ctx, key)
	fmt.Println(key, granted, left, err)
	// Output: shop:v1:permissions:user:42:granted [read write] 1h0m0s <nil>
}

// A Loader protects what is costly to make from a stampede.
func ExampleNewLoader() {
	ctx := context.Background()
	reports := cache.NewLoader(cache.NewMemory(cache.MemoryOptions{}), cache.LoaderOptions{
		Lock: 10 * time.Second, // one process computes, the others wait
		Beta: 1,                // and renews it before it expires
	})
	report, err := reports.Get(ctx, "report:2026", func(context.Context) (any, error) {
		return map[string]any{"orders": 17}, nil
	})
	fmt.Println(report, err)
	// Output: map[orders:17] <nil>
}
