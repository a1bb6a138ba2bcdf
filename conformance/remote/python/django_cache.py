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
import types
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
    import zstandard  # another binding of the same library, which distributions have
    sys.modules["pyzstd"] = types.SimpleNamespace(
        compress=lambda data: zstandard.ZstdCompressor().compress(data),
        decompress=lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        ZstdError=zstandard.ZstdError)

ABSENT = object()
WRITES = ("set", "add", "set_many", "set_if", "get_or_set")
COUNTS = ("incr", "decr", "incr_version", "decr_version")
OWN = {"ttl", "pttl", "persist", "expire", "pexpire", "expire_at", "pexpire_at", "set_if", "keys", "iter_keys", "delete_pattern", "lock"}
NEEDS = {"cache.expiry": "pttl", "cache.patterns": "iter_keys", "cache.locks": "lock", "cache.conditional": "lock",
         "cache.count.create": "pttl", "cache.sets": "sadd", "cache.sorted-sets": "zadd"}
caches, locks = {}, {}
real_time, offset = time.time, [0.0]
time.time = lambda: real_time() + offset[0]  # LocMemCache's clock, moved by "advance"


class Handle:
    """One cache of CACHES, with an instance for each thread as in Django."""

    def __init__(self, entry):
        self.params = dict(entry)
        self.make, self.location = import_string(self.params.pop("BACKEND")), self.params.pop("LOCATION", "")
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


def factory(options):
    """The connections that an entry asks for: django-redis 5 reads their name from the settings only."""
    return import_string(options.get("CONNECTION_FACTORY", "django_redis.pool.ConnectionFactory"))(options)


def perform(question):
    op, a, name = question.op, question.args, question.name
    if op == "open":
        cache = caches[name] = Handle(a["entry"])
        return {"lacks": [c for c, method in NEEDS.items() if not hasattr(cache(), method)], "django": django.get_version()}
    if op == "advance":
        offset[0] += a["seconds"]
        return None
    if op == "drop":
        find(caches, question).drop()
        del caches[name]
        return None
    if "lock" in a:
        return use(op, *locks[a.pop("lock")], **a)
    if name not in caches and op not in OWN and not hasattr(BaseCache, op) and "values" not in a:
        raise Refused("unsupported", f"no operation {op!r}")
    return operate(op, find(caches, question)(), a, question.call)


def operate(op, cache, a, call):
    if "when" in a:
        a["when"] = datetime.fromtimestamp(a["when"], timezone.utc)
    if op == "get":
        v = cache.get(a.pop("key"), ABSENT, **a)
        return {"found": v is not ABSENT, "value": None if v is ABSENT else enc(v)}
    if op in ("ttl", "pttl"):  # None is forever, 0 is both absent and about to end
        left = getattr(cache, op)(**a)
        return {"found": left != 0 or cache.has_key(**a), "left": enc(left)}
    if op == "get_or_set":
        return enc(cache.get_or_set(a.pop("key"), call, **a))
    if op == "set_if":
        return bool(cache.set(**a))
    if op == "lock":
        wait, handle = a.pop("wait"), uuid.uuid4().hex
        locks[handle] = cache.lock(a.pop("key"), thread_local=False, **a), wait
        return handle
    if op == "zadd":
        a["mapping"] = {member: score for member, score in a["mapping"]}
    # Members and keys come one by one after the fixed arguments.
    several = [a.pop(k) for k in ("key", "dest") if k in a] + a.pop("values") if "values" in a else []
    result = getattr(cache, op)(*several, **a)
    return enc(list(result) if op in ("iter_keys", "sscan_iter") else result)


def use(op, lock, wait, **a):
    if op == "acquire":
        return lock.acquire(blocking=wait is not None, blocking_timeout=wait or None)
    return getattr(lock, op)(**a)


def kind(e, op):
    """The protocol's name for an error: Django passes on what its libraries raise, so their texts have to tell."""
    names, text = {t.__name__ for t in type(e).__mro__}, str(e)
    for name, holds in {
        "unsupported": isinstance(e, (AttributeError, NotImplementedError)) and op not in WRITES,
        "wrong type": "WRONGTYPE" in text,
        "invalid": "syntax error" in text or "with no timeout" in text or "DataError" in names,
        "not owned": "LockError" in names,
        "not an integer": "not an integer" in text or isinstance(e, TypeError) and op in ("incr", "decr"),
        "overflow": "would overflow" in text,
        "unavailable": names & {"RedisError", "ConnectionInterrupted", "OSError"},
        "not found": isinstance(e, ValueError) and op in COUNTS,
        "deserialize": op in ("get", "get_many", "incr"),
        "serialize": isinstance(e, (pickle.PicklingError, TypeError, ValueError, AttributeError, OverflowError)),
    }.items():
        if holds:
            return name
    return "other"


if __name__ == "__main__":
    settings.configure(CACHES={}, USE_TZ=True, DJANGO_REDIS_CONNECTION_FACTORY="__main__.factory")
    django.setup()
    serve({"cache": {}}, perform, kind)
