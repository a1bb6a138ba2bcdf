// Package originals makes what the specification was taken from subjects of it:
// LocMemCache, Django's RedisCache and django-redis, kombu's broker, Celery's
// results, its apps and workers, and the channel layers of Channels and
// channels_redis, in the versions of two Debian releases. What each is known to
// break is kept beside it, which proves the specification and not only its readers.
package originals

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
)

// Newer is the variable with the PYTHONPATH of the newer versions.
const Newer = "REDISTEST_ORIGINALS"

// ErrMissing says that this machine does not have an original. The error's
// text ends with the command that gets it.
var ErrMissing = errors.New("original missing")

// An Original is a cache, a broker or a layer of Python whose verdicts are known.
type Original struct {
	Name   string // and version, as in django-redis-7.0
	check  string // a Python expression that is true for that version
	newer  bool   // it is not the system's, but in Newer
	entry  string // BACKEND
	claims []conformance.Capability
	lacks  []conformance.Capability
	// sentinels says that it finds its master by them.
	sentinels bool
}

// All lists the originals.
func All() []Original {
	locmem := []conformance.Capability{
		cachetest.SubSecond, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes, cachetest.Culls,
		cachetest.QuirkVersionExpiry, cachetest.QuirkCountAnything,
	}
	redis := []conformance.Capability{
		cachetest.SubSecond, cachetest.CountsDeletes, cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes,
		cachetest.Serializers, cachetest.IgnoresErrors, cachetest.AtomicMany,
		cachetest.QuirkTouchForever, cachetest.QuirkCountAnything, cachetest.QuirkVersionNil,
	}
	django := []conformance.Capability{
		cachetest.AnyKey, cachetest.AnyFloat, cachetest.Bytes, cachetest.AtomicMany, cachetest.QuirkTouchForever, cachetest.QuirkVersionExpiry,
	}
	const (
		isDjango  = "__import__('django').VERSION[:2] == "
		isRedis   = "__import__('django_redis').VERSION[:2] == "
		inMemory  = "django.core.cache.backends.locmem.LocMemCache"
		ofDjango  = "django.core.cache.backends.redis.RedisCache"
		jazzbands = "django_redis.cache.RedisCache"
	)
	return []Original{
		{Name: "LocMemCache-3.2", check: isDjango + "(3, 2)", entry: inMemory, claims: locmem},
		{Name: "LocMemCache-5.2", check: isDjango + "(5, 2)", newer: true, entry: inMemory, claims: locmem},
		{Name: "RedisCache-5.2", check: isDjango + "(5, 2)", newer: true, entry: ofDjango, claims: django,
			lacks: []conformance.Capability{"cache.count.big", "cache.count.float"}},
		{Name: "django-redis-5.2", check: isRedis + "(5, 2)", entry: jazzbands, claims: redis, sentinels: true},
		{Name: "django-redis-7.0", check: isRedis + "(7, 0)", newer: true, entry: jazzbands, claims: redis, sentinels: true},
	}
}

const python = "/usr/bin/python3" // of the system, for whose packages the versions are named

// env is what the Python that has o needs beyond the environment.
func (o Original) env() []string {
	if !o.newer {
		return nil
	}
	return []string{"PYTHONPATH=" + os.Getenv(Newer)}
}

// Probe returns an error that wraps ErrMissing if this machine does not have o.
func (o Original) Probe(ctx context.Context) error {
	probe := exec.CommandContext(ctx, python, "-c", "import msgpack, lz4.frame, zstandard; assert "+o.check)
	probe.Env = append(os.Environ(), append(o.env(), "PYTHONDONTWRITEBYTECODE=1")...)
	out, err := probe.CombinedOutput()
	if err == nil {
		return nil
	}
	get := "apt-get install python3-django-redis python3-msgpack python3-lz4 python3-zstandard"
	if o.newer {
		get = "set " + Newer + " to what .ci/originals prints"
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%s: %w: %w: %s: %s", o.Name, ErrMissing, err, lines[len(lines)-1], get)
}

// Start runs the adapter with the Python that has o. Close the process.
func (o Original) Start(ctx context.Context) (*remote.Process, error) {
	if err := o.Probe(ctx); err != nil {
		return nil, err
	}
	return remote.StartDjango(ctx, python, o.env()...)
}

// Required reports whether a test must not do without o on this machine.
func (o Original) Required() bool {
	return os.Getenv("REDISTEST_REQUIRE") == "1" && (!o.newer || os.Getenv(Newer) != "")
}

// unsendable waives the requirements on functions, which cannot cross to
// another process, and on strict keys, which Django does not have: it warns.
func unsendable() map[conformance.ID]string {
	out := make(map[conformance.ID]string)
	for n := 9; n <= 14; n++ {
		out[conformance.ID(fmt.Sprintf("CACHE-KEY-%03d", n))] = "a key function cannot be sent to another process, and Django has no strict keys"
	}
	return out
}
