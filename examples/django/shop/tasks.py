"""What Celery's workers run. Go runs goshop.invoice, .double and .restock."""
from django.core.cache import caches

from .celery import app


@app.task(name="shop.add")
def add(x, y):
    return x + y


@app.task(name="shop.total")
def total(numbers):
    return sum(numbers)


@app.task(name="shop.fail")
def fail(text):
    raise ValueError(text)


@app.task(name="shop.report")
def report(by):
    """Counts in the cache who asked for a report."""
    cache = caches["default"]
    cache.add("reports:" + by, 0, timeout=None)
    return cache.incr("reports:" + by)
