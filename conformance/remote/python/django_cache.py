#!/usr/bin/env python3
"""Serves the caches of Django to the conformance suite.

It speaks protocol 1 of conformance/remote on standard input and output. A
cache is opened with an entry of CACHES, so any backend will do:

    {"id": 1, "op": "open", "cache": "a", "args": {"entry": {"dict": [["BACKEND", "..."], ["LOCATION", "..."]]}}}
"""
import pickle
import sys
import threading
import time
import uuid
from datetime import datetime, timezone

import django
from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.utils.module_loading import import_string

from adapter import Refused, enc, find, serve

try:
    import pyzstd  # noqa: F401: what django-redis compresses with, where it is
except ImportError:
    import types
    import zstandard  # another binding of the same library, which distributions have
    sys.modules["pyzstd"] = types.SimpleNamespace(
        compress=lambda data: zstandard.ZstdCompressor().compress(data),
        decompress=lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        ZstdError=zstandard.ZstdError)
ABSENT = object()
OWN = {"ttl", "pttl", "persist", "expire", "pexpire", "expire_at", "pexpire_at", "set_if", "keys", "iter_keys", "delete_pattern", "lock"}
caches, locks = {}, {}
real_time, offset = time.time, [0.0]
time.time = lambda: real_time() + offset[0]  # LocMemCache's clock, moved by "advance"


class Handle:
    """One cache of CACHES, with an instance for each thread as in Django."""

    def __init__(self, entry):
        params = dict(entry)
        self.make, self.location, self.params = import_string(params.pop("BACKEND")), params.pop("LOCATION", ""), params
        self.local, self.made = threading.local(), []

    def __call__(self):
        if not hasattr(self.local, "cache"):
            self.local.cache = self.make(self.location, dict(self.params))
            self.made.append(self.local.cache)
        return self.local.cache

    def drop(self):
        """Closes the connections, which Django and django-redis keep for the life of the process."""
        for cache in self.made:
            pools = list(getattr(getattr(cache, "_cache", None), "_pools", {}).values())
            clients = getattr(getattr(cache, "_client", None), "_clients", None) or []
            for pool in pools + [c.connection_pool for c in clients if c is not None]:
                pool.disconnect()

    def lacks(self):
        needs = {"cache.expiry": "pttl", "cache.patterns": "iter_keys", "cache.locks": "lock", "cache.sets": "sadd", "cache.sorted-sets": "zadd", "cache.conditional": "lock", "cache.count.create": "pttl"}
        return [cap for cap, method in needs.items() if not hasattr(self(), method)]


def left(c, a, method):
    t = getattr(c, method)(**a)
    return {"found": t is None or t != 0 or c.has_key(**a), "left": enc(t)}


def get(c, a):
    v = c.get(a.pop("key"), ABSENT, **a)
    return {"found": v is not ABSENT, "value": None if v is ABSENT else enc(v)}


def lock(c, a):
    wait, token = a.pop("wait"), uuid.uuid4().hex
    locks[token] = (c.lock(a.pop("key"), thread_local=False, **a), wait)
    return token


def use_lock(op, a):
    lock, wait = locks[a.pop("lock")]
    if op == "acquire":
        return lock.acquire(blocking=wait is not None, blocking_timeout=wait or None)
    return getattr(lock, op)(**a)


def various(c, op, a):
    """Methods that take members or keys one by one after the fixed ones."""
    fixed = [a.pop(name) for name in ("key", "dest") if name in a]
    return enc(getattr(c, op)(*fixed, *a.pop("values"), **a))


def use(op, c, a, call):
    if op in ("ttl", "pttl"):
        return left(c, a, op)
    if op == "get_or_set":
        return enc(c.get_or_set(a.pop("key"), call, **a))
    if op == "get":
        return get(c, a)
    if op == "lock":
        return lock(c, a)
    if op == "set_if":
        return bool(c.set(**a))
    if "values" in a:
        return various(c, op, a)
    if "when" in a:
        a["when"] = datetime.fromtimestamp(a["when"], timezone.utc)
    result = getattr(c, op)(**a)
    return enc(list(result) if op in ("iter_keys", "sscan_iter") else result)


def perform(question):
    op, a = question.op, question.args
    if op == "open":
        handle = caches[question.name] = Handle(a["entry"])
        return {"lacks": handle.lacks(), "django": django.get_version()}
    if op == "advance":
        offset[0] += a["seconds"]
        return None
    if op == "drop":
        find(caches, question)
        return caches.pop(question.name).drop()
    if "lock" in a:
        return use_lock(op, a)
    if question.name not in caches and op not in OWN and not hasattr(BaseCache, op) and "values" not in a:
        raise Refused("unsupported", f"no operation {op!r}")
    return use(op, find(caches, question)(), a, question.call)


def kind(e, op):
    names = [t.__name__ for t in type(e).__mro__]
    if isinstance(e, (AttributeError, NotImplementedError)) and op not in ("set", "add", "set_many", "set_if", "get_or_set"):
        return "unsupported"
    if "WRONGTYPE" in str(e):
        return "wrong type"
    if "syntax error" in str(e) or "with no timeout" in str(e):
        return "invalid"
    if "LockError" in names:
        return "not owned"
    if "not an integer" in str(e) or isinstance(e, TypeError) and op in ("incr", "decr"):
        return "not an integer"
    if "would overflow" in str(e):
        return "overflow"
    if {"RedisError", "ConnectionInterrupted", "OSError"} & set(names):
        return "unavailable" if "DataError" not in names else "invalid"
    if op in ("incr", "decr", "incr_version", "decr_version") and isinstance(e, ValueError):
        return "not found"
    if op.startswith("get") and op != "get_or_set" or op == "incr":
        return "deserialize"
    return "serialize" if isinstance(e, (pickle.PicklingError, TypeError, ValueError, AttributeError, OverflowError)) else "other"


if __name__ == "__main__":
    settings.configure(CACHES={}, USE_TZ=True)
    django.setup()
    serve({"cache": {}}, perform, kind)
