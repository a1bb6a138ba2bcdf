"""Prints the nanoseconds of a get and of a set of 1 KiB through django-redis."""
import sys
import time

import django
from django.conf import settings

settings.configure(CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": sys.argv[1], "KEY_PREFIX": "py"}})
django.setup()
from django.core.cache import cache  # noqa: E402 (settings come first)

value = bytes(1024)
cache.set("k", value)


def fastest(work, count=1500, rounds=7):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        for _ in range(count):
            work()
        times.append((time.perf_counter_ns() - begin) / count)
    return min(times)


print(fastest(lambda: cache.get("k")), fastest(lambda: cache.set("k", value)))
