"""Celery's results as the documents of the protocol, for the adapters beside this file."""
from datetime import datetime, timezone

import kombu.exceptions
import redis.exceptions
from celery.result import ResultSet, result_from_tuple

# retries end before the suite gives up; Celery's own go on for a minute
RETRY = {"max_retries": 20, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2, "timeout": 2.0}
EXTENDED = ("name", "args", "kwargs", "worker", "retries", "queue")


class Unserializable:
    """What no serializer of Celery's takes."""


def document(task, meta, app):
    """What is stored for a task, as AsyncResult's properties show it."""
    value, done = meta.get("result"), meta.get("date_done")
    if isinstance(done, str):
        done = datetime.fromisoformat(done)
    if done is not None and done.tzinfo is None:  # Celery 5.2 writes UTC without saying so
        done = done.replace(tzinfo=timezone.utc)
    failed = isinstance(value, BaseException)
    return {
        "task_id": task, "status": meta["status"], "value": None if failed else value, "error": error(value) if failed else None,
        "traceback": meta.get("traceback") or "", "children": [child(c, app) for c in meta.get("children") or []],
        "done": None if done is None else done.astimezone(timezone.utc).isoformat(), "group_id": meta.get("group_id") or "",
        "parent_id": meta.get("parent_id") or "", "extended": {k: meta[k] for k in EXTENDED if k in meta} or None,
    }


def error(exc):
    return {"type": type(exc).__qualname__, "module": type(exc).__module__, "args": list(exc.args)}


def child(result, app):
    result = result_from_tuple(result, app)
    return {"id": result.id, "group": [child(r, app) for r in result.results] if isinstance(result, ResultSet) else None}


def kind(exc, op):
    """The kind of an error in the protocol."""
    if isinstance(exc, kombu.exceptions.EncodeError):
        return "serialize"
    if isinstance(exc, (redis.exceptions.RedisError, kombu.exceptions.OperationalError, OSError)):
        return "unavailable"
    if op in ("get", "outcome", "next") and isinstance(exc, (kombu.exceptions.DecodeError, LookupError, TypeError, ValueError)):
        return "deserialize"
    if isinstance(exc, (TypeError, ValueError)):
        return "invalid"
    return "other"
