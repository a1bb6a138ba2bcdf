package cache_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

func BenchmarkMemory(b *testing.B) {
	ctx := context.Background()
	m := cache.NewMemory(cache.MemoryOptions{MaxEntries: 1 << 20})
	value := make([]byte, 1024)
	for i := range 64 {
		if err := m.Set(ctx, fmt.Sprint("key:", i), value); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Get(ctx, "key:7"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := m.Set(ctx, "key:7", value); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRedis(b *testing.B) {
	ctx := context.Background()
	srv := redistest.Start(b, redistest.Real())
	c := cache.NewRedis(srv.Client(), cache.RedisOptions{Serializer: cache.Raw{}})
	value := make([]byte, 1024)
	if err := c.Set(ctx, "key", value); err != nil {
		b.Fatal(err)
	}
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Get(ctx, "key"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.Set(ctx, "key", value); err != nil {
				b.Fatal(err)
			}
		}
	})
}
