package devenv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/redkit-dev/redkit/internal/process"
)

// python returns an interpreter that has the modules. Without one the test is
// skipped, or fails where everything must be there.
func python(t *testing.T, modules ...string) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		args := []string{"-c", "import importlib, sys\nfor m in sys.argv[1:]: importlib.import_module(m)"}
		if exec.Command(name, append(args, modules...)...).Run() == nil {
			return name
		}
	}
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatalf("REDISTEST_REQUIRE=1: no python3 has the modules %v", modules)
	}
	t.Skipf("no python3 has the modules %v: install python3-celery, python3-django-redis, python3-channels-redis", modules)
	return ""
}

// environ is the application's environment that the settings make, as a
// process gets it from .redkit/env.redis.
func (p project) application() []string {
	env := os.Environ()
	for _, v := range p.settings.Env(true) {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// celery runs a worker, or a client that asks it to add and to fail.
const celery = `
import os, sys
from celery import Celery

app = Celery("shop", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])
app.conf.broker_connection_retry_on_startup = True
app.conf.result_expires = int(os.environ["CELERY_RESULT_EXPIRES"])

@app.task(name="shop.add")
def add(x, y):
    return x + y

if sys.argv[1] == "worker":
    app.worker_main(["worker", "-P", "solo", "-l", "INFO"])
else:
    assert add.delay(2, 3).get(timeout=45) == 5
    assert add.apply_async((4, 5), priority=6, countdown=0.01).get(timeout=45) == 9
    assert list(app.control.inspect(timeout=5).ping().values()) == [{"ok": "pong"}]
    assert app.control.purge() == 0
    print("done")
`

// django uses the cache and the channel layer as their users do.
const django = `
import asyncio, os
import django
from django.conf import settings

def alias(name):
    n = "REDIS_CACHE_%s_" % name.upper()
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ[n + "URL"], "KEY_PREFIX": os.environ[n + "KEY_PREFIX"],
            "TIMEOUT": int(os.environ[n + "TIMEOUT"]), "VERSION": int(os.environ[n + "VERSION"])}

settings.configure(CACHES={name: alias(name) for name in ("default", "permissions", "sessions")})
django.setup()
from django.core.cache import caches
cache = caches["permissions"]
cache.set("a", {"b": [1]}); assert cache.get("a") == {"b": [1]}
cache.set_many({"c": 1, "d": 2}); assert cache.get_many(["c", "d"]) == {"c": 1, "d": 2}
assert cache.incr("c") == 2 and cache.add("c", 1) is False and cache.touch("c", 10) and cache.ttl("c") <= 10
assert sorted(cache.keys("*")) == ["a", "c", "d"] and cache.delete_pattern("d*") == 1
with cache.lock("lock", timeout=5): pass
caches["default"].set("other", 1)
cache.clear()
assert cache.get("a") is None and caches["default"].get("other") == 1
caches["sessions"].set("s", 1)

from channels_redis.core import RedisChannelLayer
async def channels():
    layer = RedisChannelLayer(hosts=[os.environ["CHANNEL_LAYERS_DEFAULT_URL"]], prefix=os.environ["CHANNEL_LAYERS_DEFAULT_PREFIX"])
    name = await layer.new_channel()
    await layer.group_add("room", name)
    await layer.group_send("room", {"type": "hello"})
    assert (await asyncio.wait_for(layer.receive(name), 10))["type"] == "hello"
    await layer.group_discard("room", name)
    await layer.flush()
if os.environ["CHANNEL_LAYERS_DEFAULT_URL"].startswith("redis:"):
    asyncio.run(channels())
print("done")
`

// TestPythonUsesTheEnvironment runs the originals on what Env gives them, by
// every way the servers can be guarded.
func TestPythonUsesTheEnvironment(t *testing.T) {
	t.Parallel()
	py := python(t, "celery", "redis", "django_redis", "channels_redis")
	for name, environ := range map[string][]string{
		"plain":       nil,
		"single":      {"REDKIT_PROFILE=single", "REDKIT_PASSWORD=p@ss:w/or#d"},
		"acl":         {"REDKIT_PROFILE=acl", "REDKIT_PASSWORD=s3cret-word"},
		"tls and acl": {"REDKIT_PROFILE=single,tls,acl", "REDKIT_TLS_CLIENTS=required", "REDKIT_PASSWORD=s3cret-word"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, environ...).up(t)
			dir, err := os.MkdirTemp("", "redkit-python-")
			if err != nil {
				t.Fatal(err)
			}
			script := filepath.Join(dir, "shop.py")
			if err := os.WriteFile(script, []byte(celery), 0o600); err != nil {
				t.Fatal(err)
			}
			worker, err := process.StartBound(process.Command{Path: py, Args: []string{script, "worker"}, Env: p.application(), Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the worker says%s", worker.Words())
				}
				if err := worker.Remove(); err != nil {
					t.Error(err)
				}
			})
			for _, args := range [][]string{{script, "client"}, {"-c", django}} {
				cmd := exec.CommandContext(t.Context(), py, args...)
				cmd.Env = p.application()
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "done\n" {
					t.Errorf("python %.10s: %v\n%s", args[0], err, out)
				}
			}
		})
	}
}
