// Package cache is a Django-style cache for Go that shares its data with
// Python.
//
// [Redis] reads and writes what django-redis does, byte for byte: key layout,
// raw integers, serializers, compressors, locks. With [BackendDjango] it does
// the same for Django's own RedisCache. [Memory] is Django's LocMemCache for
// unit tests: the same operations and values without a server. [Open] builds
// the named caches of an application from plain settings.
//
//	caches, err := cache.Open(map[string]cache.Alias{
//		"default":     {Location: []string{"redis://127.0.0.1:6379/1"}},
//		"permissions": {Location: []string{"redis://127.0.0.1:6379/2"}, Timeout: cache.For(time.Minute)},
//	})
//	…
//	defer caches.Close()
//	permissions, err := caches.Get("permissions")
//	…
//	err = permissions.Set(ctx, "user:42", []any{"read", "write"}, cache.For(time.Hour))
//	granted, err := permissions.Get(ctx, "user:42")
//
// It is no session store and no queue: entries may vanish at any time, by
// expiry, eviction or Clear.
package cache
