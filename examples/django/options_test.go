package main_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOptionsOfAnAliasReachDjango has redis_env make an alias of all the options
// that variables can give, out of classes that are there.
func TestOptionsOfAnAliasReachDjango(t *testing.T) {
	t.Parallel()
	needPython(t)
	const code = `
import importlib, importlib.util, json
from shop import redis_env
for path in [*redis_env.SERIALIZERS.values(), *redis_env.COMPRESSORS.values()]:
    name, _, cls = path.rpartition(".")
    spec = importlib.util.find_spec(name)
    if spec or "gzip" not in name:  # which came with django-redis 5.3
        assert "class %s" % cls in spec.loader.get_source(name), path  # its library need not be there
v = "REDIS_CACHE_DEFAULT_"
print(json.dumps(redis_env.caches({
    v + "URL": "redis://ann:pw@10.0.0.1:6379/2", v + "SERIALIZER": "json", v + "COMPRESSOR": "zstd", v + "IGNORE_EXCEPTIONS": "on",
    v + "MAX_CONNECTIONS": "9", v + "REPLICAS": "10.0.0.2:6379,10.0.0.3:6379"})["default"]))`
	out, err := exec.CommandContext(t.Context(), python, "-B", "-c", code).Output()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"BACKEND": "django_redis.cache.RedisCache", "KEY_PREFIX": "", "VERSION": 1.0, "TIMEOUT": 300.0,
		"LOCATION": []any{"redis://ann:pw@10.0.0.1:6379/2", "redis://ann:pw@10.0.0.2:6379/2", "redis://ann:pw@10.0.0.3:6379/2"},
		"OPTIONS": map[string]any{
			"SERIALIZER": "django_redis.serializers.json.JSONSerializer", "COMPRESSOR": "django_redis.compressors.zstd.ZStdCompressor",
			"IGNORE_EXCEPTIONS": true, "CONNECTION_POOL_KWARGS": map[string]any{"max_connections": 9.0},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the alias (-want +got):\n%s", diff)
	}
}
