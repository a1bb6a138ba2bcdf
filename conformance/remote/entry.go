package remote

import (
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// with is the entry with the settings of an alias.
func (e Entry) with(a cachetest.Alias) (Entry, error) {
	out := maps.Clone(e)
	// Django reads these two beside OPTIONS as well, where no backend takes
	// them for an option of its connections.
	delete(out, "max_entries")
	options := map[string]any{}
	if before, ok := e["OPTIONS"].(map[string]any); ok {
		options = maps.Clone(before)
	}
	if a.Prefix != "" {
		out["KEY_PREFIX"] = a.Prefix
	}
	if a.Version != "" {
		out["VERSION"] = a.Version
		if n, err := strconv.Atoi(a.Version); err == nil {
			out["VERSION"] = n
		}
	}
	switch a.Timeout.Kind {
	case cachetest.Endless:
		out["TIMEOUT"] = nil
	case cachetest.Lasting:
		out["TIMEOUT"] = a.Timeout.D.Seconds()
	}
	if a.MaxEntries != 0 {
		out["max_entries"] = a.MaxEntries
	}
	switch {
	case a.CullFrequency == cachetest.CullAll:
		out["cull_frequency"] = 0
	case a.CullFrequency != 0:
		out["cull_frequency"] = a.CullFrequency
	}
	if a.Serializer+a.Compressor != "" || a.PickleVersion != 0 || a.IgnoreExceptions {
		if err := djangoRedis(e, a, options); err != nil {
			return nil, err
		}
	}
	out["OPTIONS"] = options
	return out, nil
}

// djangoRedis sets the options that only django-redis has.
func djangoRedis(e Entry, a cachetest.Alias, options map[string]any) error {
	if e["BACKEND"] != "django_redis.cache.RedisCache" {
		return fmt.Errorf("open an alias with a serializer of %v: %w", e["BACKEND"], errors.ErrUnsupported)
	}
	classes := map[string]string{
		"pickle": "serializers.pickle.PickleSerializer", "json": "serializers.json.JSONSerializer", "msgpack": "serializers.msgpack.MSGPackSerializer",
		"zlib": "compressors.zlib.ZlibCompressor", "gzip": "compressors.gzip.GzipCompressor", "lz4": "compressors.lz4.Lz4Compressor",
		"zstd": "compressors.zstd.ZStdCompressor", "lzma": "compressors.lzma.LzmaCompressor",
	}
	if a.Serializer != "" {
		options["SERIALIZER"] = "django_redis." + classes[a.Serializer]
	}
	if a.Compressor != "" {
		options["COMPRESSOR"] = "django_redis." + classes[a.Compressor]
	}
	if a.PickleVersion != 0 {
		options["PICKLE_VERSION"] = a.PickleVersion
	}
	if a.IgnoreExceptions {
		options["IGNORE_EXCEPTIONS"] = true
	}
	return nil
}
