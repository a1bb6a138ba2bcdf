#!/usr/bin/env python3
"""Serves Celery's apps, tasks and workers on Redis to the conformance suite.

It speaks protocol 1 of conformance/remote on standard input and output. An app
is opened with the URL of its broker and results, and settings:

    {"id": 1, "op": "open", "cache": "a", "args": {"url": "redis://127.0.0.1:6379/0", "settings": {"dict": []}}}

Its worker is a real one, in a thread, with a pool that runs one task at a
time. Between two times to work it stands still in its event loop.
"""
import celery_clock
import logging
import os
import threading
import time
from datetime import datetime, timedelta, timezone

import celery
import kombu.asynchronous
import kombu.transport.redis as transport
from celery import chain, chord, group
from celery.exceptions import Ignore, QueueNotFound, Reject, WorkerShutdown
from celery.worker import WorkController, state

import celery_documents
from adapter import Refused, enc, find, serve

opened, workers = {}, {}  # workers by their threads
patience = 12.0  # less than the suite has
logging.disable(logging.CRITICAL)


class Oh(BaseException):
    """What nobody expects."""


class QoS(transport.QoS):
    def ack(self, delivery_tag):
        worker = workers.get(threading.current_thread())
        headers = self._delivered[delivery_tag].headers if delivery_tag in self._delivered else {}
        if worker is None or not worker.app.loses(headers):
            return super().ack(delivery_tag)
        self.restore_by_tag(delivery_tag)  # as after the visibility timeout
        transport.virtual.QoS.ack(self, delivery_tag)


class Channel(transport.Channel):
    QoS = QoS

    def _put(self, queue, message, **kwargs):
        super()._put(queue, message, **kwargs)
        if Tasks.twice and "task" in message["headers"]:
            copy = dict(message, properties=dict(message["properties"], delivery_tag=self._next_delivery_tag()))
            super()._put(queue, copy, **kwargs)

    def _brpop_start(self, timeout=1):
        # It looks first: a wait in vain lasts until the server's next tick, and would take what is sent later.
        worker = workers.get(threading.current_thread())
        if worker is None or worker.consumes and any(self._size(q) for q in self.active_queues):
            super()._brpop_start(0.01)


transport.Transport.Channel = Channel


class Tasks:
    """One process's app, and its worker."""

    twice = False  # every message is delivered twice

    def __init__(self, url, settings):
        s = settings
        changes = {
            "broker_url": url, "result_backend": url, "result_backend_transport_options": {"retry_policy": celery_documents.RETRY},
            "task_routes": {task: {"queue": q} for task, q in s["routes"].items()}, "task_ignore_result": s["ignore_result"],
            "task_track_started": s["track_started"], "result_extended": s["extended"], "task_eager_propagates": s["propagate"],
        }
        self.queues = {"celery", *s["routes"].values()}
        if s["known_queues"]:
            self.queues = set(s["known_queues"])
            changes.update(task_queues=[kombu.Queue(q) for q in sorted(self.queues)], task_create_missing_queues=False)
        self.app = celery.Celery("tasks", set_as_current=False, changes=changes)
        self.runs, self.lossy, self.lost, self.worker = [], False, set(), None

    def define(self, task, act):
        self.app.tasks.pop(task, None)
        options = {k: act[k] for k in ("acks_late", "ignore_result", "max_retries") if k in act}

        @self.app.task(bind=True, name=task, shared=False, **options)
        def handler(task, *args, **kwargs):
            return self.run(task, act, list(args), kwargs)

    def run(self, task, act, args, kwargs):
        r, info = task.request, task.request.delivery_info or {}
        self.runs.append({"task": task.name, "id": r.id, "args": copied(args), "kwargs": copied(kwargs), "retries": r.retries,
                          "redelivered": bool(info.get("redelivered")), "queue": info.get("routing_key") or "",
                          "root": r.root_id or "", "parent": r.parent_id or ""})
        return getattr(self, "do_" + act["do"])(task, act, args, sum(run["id"] == r.id for run in self.runs))

    def do_echo(self, task, act, args, nth):
        return args

    def do_sum(self, task, act, args, nth):
        return total(args)

    def do_give(self, task, act, args, nth):
        return act["value"]

    def do_odd(self, task, act, args, nth):
        return celery_documents.Unserializable()

    def do_fail(self, task, act, args, nth):
        raise ValueError("bad", 42)

    def do_panic(self, task, act, args, nth):
        raise Oh()

    def do_again(self, task, act, args, nth):
        tried = task.request.retries
        if tried >= act["times"]:
            return tried
        raise task.retry(countdown=act["backoff"] * 2**tried, exc=ValueError("bad", 42) if act["cause"] else None)

    def do_reject(self, task, act, args, nth):
        raise Reject("unwanted", requeue=False)

    def do_requeue(self, task, act, args, nth):
        if nth <= act["times"]:
            raise Reject("not yet", requeue=True)
        return nth

    def do_ignore(self, task, act, args, nth):
        raise Ignore()

    def do_change(self, task, act, args, nth):
        change(args)
        return args

    def do_send(self, task, act, args, nth):
        self.signature(act["then"]).apply_async()

    def signature(self, c):
        options = dict(c["options"])
        if "eta" in options:
            options["eta"] = datetime.now(timezone.utc) + timedelta(seconds=options["eta"])
        if "queue" in options:
            self.queues.add(options["queue"])
        if c["kind"] == "chain":
            s = chain(*map(self.signature, c["tasks"]), app=self.app).set(**options)
        elif c["kind"] == "group":
            s = group(*map(self.signature, c["tasks"]), app=self.app).set(**options)
        elif c["kind"] == "chord":
            s = chord(list(map(self.signature, c["tasks"])), self.signature(c["body"]), app=self.app).set(**options)
        else:
            args = [celery_documents.Unserializable() if i in c["unserializable"] else a for i, a in enumerate(c["args"])]
            s = self.app.signature(c["task"], args=args, kwargs=c["kwargs"], options=options, immutable=c["immutable"])
        for other in c["link"]:
            s.link(self.signature(other))
        for other in c["link_error"]:
            s.link_error(self.signature(other))
        return s

    def send(self, call):
        known = set(self.queues)
        try:
            sent = self.signature(call).apply_async()
        except QueueNotFound:
            self.queues = known
            raise
        return {"id": sent.id, "members": [r.id for r in sent.results] if isinstance(sent, celery.result.GroupResult) else []}

    def work(self):
        self.staffed().round(lambda: True, consumes=True)

    def staffed(self):
        if self.worker is None:
            self.worker = Worker(self)
        return self.worker

    def outcome(self, task):
        return celery_documents.document(task, self.app.AsyncResult(task)._get_task_meta(), self.app)

    def seen(self):
        return self.runs

    def revoke(self, task):
        worker = self.staffed()
        self.app.control.revoke(task)
        worker.round(lambda: task in state.revoked, consumes=False)

    def disturb(self, twice, loses):
        Tasks.twice, self.lossy = twice, loses

    def loses(self, headers):
        """Whether this acknowledgement is lost: that of a finished task, once."""
        key = headers.get("id")
        task = self.app.tasks.get(headers.get("task"))
        if not self.lossy or task is None or not task.acks_late or key in self.lost:
            return False
        self.lost.add(key)
        return True

    def close(self):
        if self.worker is not None:
            self.worker.stop()
        Tasks.twice = False
        self.app.backend.result_consumer.stop()
        self.app.backend.result_consumer.cancel_for = lambda task: None  # results that are collected later have nobody to tell
        self.app.backend.client.connection_pool.disconnect()
        self.app.close()


class Worker:
    """Celery's, in a thread that stands still between rounds of work."""

    def __init__(self, app):
        self.app, self.consumes, self.want, self.failed = app, False, lambda: True, None
        self.go, self.idle = threading.Event(), threading.Event()
        self.ended, self.closed, self.put_off = False, False, 0
        self.wake, self.waker = os.pipe()
        kombu.asynchronous.set_event_loop(None)
        state.reset_state()
        state.revoked.clear()
        app.app.finalize()
        self.queues = set(app.queues)
        self.controller = WorkController(app=app.app, pool_cls="solo", concurrency=1, hostname="worker@tasks", queues=sorted(app.queues),
                                         without_heartbeat=True, without_mingle=True, without_gossip=True)
        self.thread = threading.Thread(target=self.main, daemon=True)
        workers[self.thread] = self
        self.thread.start()
        self.await_idle()

    def main(self):
        try:
            self.app.app.set_current()
            hub = self.controller.hub
            hub.on_tick.add(self.tick)
            self.soon, hub.call_soon = hub.call_soon, self.call_soon
            hub.add_reader(self.wake, os.read, self.wake, 4096)
            self.controller.start()
        except BaseException as e:
            self.failed = e
        finally:
            self.ended = True
            self.idle.set()

    def round(self, want, consumes):
        """Lets the worker do what there is to do, and until want holds."""
        self.want, self.consumes = want, consumes
        self.idle.clear()
        self.go.set()
        self.await_idle()

    def await_idle(self):
        if not self.idle.wait(patience):
            raise RuntimeError(f"the worker is still at {self.busy()} after {patience} s")
        if self.ended:
            raise RuntimeError(f"the worker has ended: {self.failed or 'it shut down'}")

    def tick(self):
        """Runs in the worker's thread at the beginning of each turn of its event loop."""
        consumer = self.controller.consumer
        if self.closed:
            raise WorkerShutdown(0)
        if consumer.blueprint.state != celery.bootsteps.RUN or not consumer.task_consumer or not self.thread.is_alive():
            return
        if self.busy() is None:
            self.idle.set()
            self.go.wait()
            self.go.clear()
            if self.closed:
                return
            consumer.update_strategies()
            for queue in sorted(self.app.queues - self.queues):
                consumer.add_task_queue(queue)
            self.queues = set(self.app.queues)
        os.write(self.waker, b"x")  # so that the loop does not sleep

    def call_soon(self, call, *args):
        """Counts what the event loop has put off: a turn has taken it away when the tick looks."""
        self.put_off += 1

        def now():
            try:
                return call(*args)
            finally:
                self.put_off -= 1

        return self.soon(now)

    def busy(self):
        """What there is to do, or None."""
        hub, channel = self.controller.hub, self.controller.consumer.task_consumer.channel
        if self.put_off or channel._in_poll or not self.want():
            return "its work"
        if any(e.eta <= time.monotonic() and e.entry.fun.__name__ == "apply_eta_task" for e in hub.timer.queue):
            return "a task that is due"
        if self.consumes and any(channel._size(q) for q in channel.active_queues):
            return "a queue"
        return None

    def stop(self):
        """Ends the worker. One that is stuck in a task is left alone: it meets the end of its connections."""
        self.closed, self.consumes = True, False
        self.go.set()
        self.thread.join(2)
        workers.pop(self.thread)
        if not self.thread.is_alive():
            os.close(self.wake)
            os.close(self.waker)


def copied(v):
    """What a handler got, whatever it does to it."""
    if isinstance(v, list):
        return [copied(e) for e in v]
    if isinstance(v, dict):
        return {k: copied(e) for k, e in v.items()}
    return v


def total(v):
    if isinstance(v, list):
        return sum(map(total, v))
    return v if isinstance(v, int) else 0


def change(v):
    """Overwrites what it finds inside arguments."""
    for e in v.values() if isinstance(v, dict) else v if isinstance(v, list) else ():
        change(e)
    if isinstance(v, dict):
        v.update(dict.fromkeys(v, "changed"))


def perform(question):
    op, a = question.op, question.args
    if op == "open":
        opened[question.name] = Tasks(a["url"], a["settings"])
        return {"celery": celery.__version__}
    if op == "advance":
        celery_clock.offset[0] += a["seconds"]
        return None
    if op == "drop":
        find(opened, question)
        return opened.pop(question.name).close()
    if not op.isalpha() or not hasattr(Tasks, op):
        raise Refused("unsupported", f"no operation {op!r}")
    subject = find(opened, question)
    subject.app.set_current()  # as in a process that has one app
    return enc(getattr(subject, op)(**a))


def kind(exc, op):
    return "unknown queue" if isinstance(exc, QueueNotFound) else celery_documents.kind(exc, op)


if __name__ == "__main__":
    serve({"task": {"clock": True}}, perform, kind)
    os._exit(0)  # results that are left would each look for their server once more
