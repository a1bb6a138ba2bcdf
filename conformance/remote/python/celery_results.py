#!/usr/bin/env python3
"""Serves Celery's result backend on Redis to the conformance suite.

It speaks protocol 1 of conformance/remote on standard input and output. A
backend is opened with a URL and settings of Celery:

    {"id": 1, "op": "open", "cache": "a", "args": {"url": "redis://127.0.0.1:6379/0", "settings": {"dict": []}}}
"""
import builtins
import os
import queue
import sys
import threading
from datetime import datetime, timezone

import celery
import celery.backends.base as base
import celery.backends.redis
from celery.app.task import Context
from celery.canvas import Signature
from celery.exceptions import ChordError
from celery.result import GroupResult, ResultSet

from adapter import Refused, enc, find, serve
from celery_documents import RETRY, Unserializable, child, document, error, kind

opened, waits, told = {}, {}, threading.local()


class Told(datetime):
    """The time of the end that the suite wants, where Celery 5.2 takes the present."""

    @classmethod
    def utcnow(cls):
        return getattr(told, "done", None) or datetime.utcnow()


base.datetime = Told


class Backend(celery.backends.redis.RedisBackend):
    """Celery's, which tells of a complete chord rather than sending its body."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.app.waits:  # nor listens to what becomes of every task it names: callers that wait are apps of their own
            self.result_consumer.consume_from = self.result_consumer.cancel_for = lambda task: None

    def _unpack_chord_result(self, tup, decode, **kwargs):
        _, task, state, value = decode(tup)
        failed = state in self.EXCEPTION_STATES
        told.parts.append({"task_id": task, "status": state, "value": None if failed else value,
                           "error": error(self.exception_to_python(value)) if failed else None})
        try:
            return super()._unpack_chord_result(tup, decode, **kwargs)
        except ChordError:
            return None  # Celery stops here, and fails the body

    def chord_error_from_stack(self, callback, exc=None):
        raise exc


class Body(Signature):
    """The body of a chord, which is not sent."""

    def delay(self, results):
        told.complete = True


class App(celery.Celery):
    waits = False

    def now(self):  # of date_done in Celery 5.6
        done = getattr(told, "done", None)
        return super().now() if done is None else done.replace(tzinfo=timezone.utc)


class Results:
    """One process's result backend."""

    def __init__(self, url, settings, waits=False):
        self.url, self.settings = url, settings
        options = {"retry_policy": RETRY}
        if "prefix" in settings:
            options["global_keyprefix"] = settings["prefix"]
        self.app, self.extended = (App("results", set_as_current=False, backend=f"{__name__}:Backend+{url}", changes={
            "result_backend_transport_options": options, "result_expires": settings.get("expires", 86400), "redis_socket_timeout": 5.0,
            "result_extended": extended}) for extended in (False, True))
        self.app.waits = waits

    def store(self, document):
        d = document
        told.done = d["done"] and datetime.fromisoformat(d["done"]).replace(tzinfo=None)
        request = Context(id=d["task_id"], group=d["group_id"] or None, parent_id=d["parent_id"] or None)
        request.children.extend(self.result(c) for c in d["children"])
        value = Unserializable() if d.get("unserializable") else raised(d["error"]) if d["error"] else d["value"]
        app, extra = self.app, d["extended"]
        if extra is not None:
            app = self.extended
            request.update(task=extra["name"], args=extra["args"], kwargs=extra["kwargs"], hostname=extra["worker"],
                           retries=extra["retries"], delivery_info={"routing_key": extra["queue"]})
        app.backend.store_result(d["task_id"], value, d["status"], traceback=d["traceback"] or None, request=request)

    def result(self, c):
        if c["group"] is None:
            return self.app.AsyncResult(c["id"])
        return self.app.GroupResult(c["id"], [self.result(m) for m in c["group"]])

    def get(self, task):
        return document(task, self.app.AsyncResult(task)._get_task_meta(), self.app)

    def forget(self, tasks):
        for task in tasks:
            self.app.AsyncResult(task).forget()

    def savegroup(self, group):
        self.result(group).save(self.app.backend)

    def group(self, group):
        found = GroupResult.restore(group, backend=self.app.backend, app=self.app)
        return None if found is None else child(found, self.app)

    def size(self, group, size):
        self.app.backend.set_chord_size(group, size)

    def part(self, group, part):
        told.parts, told.complete = [], False
        request = Context(id=part["task_id"], group=group, group_index=part.get("index"), chord=Body(task="body", app=self.app))
        self.app.backend.on_chord_part_return(request, part["status"], raised(part["error"]) if part["error"] else part["value"])
        return told.parts if told.complete else None

    def endchord(self, group):
        """Nothing: Celery has forgotten it when it was complete."""

    def wait(self, name, tasks):
        waits[name] = Wait(Results(self.url, self.settings, waits=True), tasks)

    def close(self):
        for app in (self.app, self.extended):
            app.backend.result_consumer.stop()
            app.backend.result_consumer.cancel_for = lambda task: None  # results that are collected later have nobody to tell
            app.backend.client.connection_pool.disconnect()


class Stopped(Exception):
    """The caller of a wait wants no more."""


class Wait:
    """A caller that waits for results: a thread with a backend of its own."""

    def __init__(self, results, tasks):
        self.results, self.tasks, self.found, self.stopped = results, tasks, queue.Queue(), False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        app = self.results.app
        app.set_current()
        try:
            found = ResultSet([app.AsyncResult(t) for t in self.tasks], app=app)
            if not self.tasks:
                found.get()  # iter_native of nothing raises in Celery 5.2, where get does not call it
            else:
                for task, meta in found.iter_native(interval=0.05, on_interval=self.check):
                    self.found.put((document(task, meta, app), None))
            self.found.put((None, None))
        except BaseException as e:
            self.found.put((None, e))
        finally:
            self.results.close()

    def check(self):
        if self.stopped:
            raise Stopped()

    def next(self):
        found, failed = self.found.get()
        if failed is not None:
            raise failed
        return found

    def stop(self):
        self.stopped = True
        self.found.put((None, Stopped("the wait was stopped")))


def raised(e):
    """The exception that a failure describes; one with a text is stored as it is."""
    if e.get("args") is None:
        return {"exc_type": e["type"], "exc_message": e["text"], "exc_module": e["module"]}
    cls = getattr(sys.modules.get(e["module"]), e["type"], None) if e["module"] == builtins.__name__ else None
    if cls is None:
        cls = type(e["type"].split(".")[-1], (Exception,), {"__module__": e["module"], "__qualname__": e["type"]})
    return cls(*e["args"])


def perform(question):
    op, a = question.op, question.args
    if op == "open":
        opened[question.name] = Results(a["url"], a["settings"])
        return {"celery": celery.__version__}
    if op == "drop":
        find(opened, question)
        return opened.pop(question.name).close()
    if op not in ("next", "stop") and (not op.isalpha() or not hasattr(Results, op)):
        raise Refused("unsupported", f"no operation {op!r}")
    subject = waits[a.pop("wait")] if op in ("next", "stop") else find(opened, question)
    if op not in ("next", "stop"):
        subject.app.set_current()  # as in a process that has one app
    return enc(getattr(subject, op)(**a))


if __name__ == "__main__":
    serve({"result": {}}, perform, kind)
    os._exit(0)  # results that are left would each look for their server once more
