"""The Python side of the interop tests: real Celery, driven from Go.

usage: peer.py URL worker NAME QUEUE[,QUEUE…]   run a worker until killed
       peer.py URL drive                        run the code of each line of JSON on stdin and
                                                answer with a line of JSON: its `out`, or its error

Both sides know the tasks t.…, so any worker may get any of them.
"""
import json
import sys
import time
import traceback

import celery.exceptions
import redis
from celery import Celery, chain, chord, group
from celery.result import AsyncResult, ResultSet

url, mode = sys.argv[1], sys.argv[2]
app = Celery("peer", broker=url, backend=url)
app.conf.update(
    task_track_started=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 60},
    worker_send_task_events=True,
    task_send_sent_event=True,
    worker_hijack_root_logger=False,
)


@app.task(name="t.add")
def add(x, y=10):
    return x + y


@app.task(name="t.echo")
def echo(*args, **kwargs):
    return [list(args), kwargs]


@app.task(name="t.total")
def total(numbers):
    return sum(numbers)


@app.task(name="t.fail")
def fail(text):
    raise ValueError(text, 42)


@app.task(name="t.when")
def when():
    return time.time()


@app.task(name="t.flaky", bind=True, max_retries=3)
def flaky(self, n):
    if self.request.retries < n:
        raise self.retry(exc=RuntimeError("try %d" % self.request.retries), countdown=0)
    return self.request.retries


@app.task(name="t.block")
def block(gate):
    """Waits until somebody pushes to the gate."""
    return redis.Redis.from_url(url).blpop(gate, 60)[1].decode()


def sig(name, *args, **options):
    """A call of a task by its name, for the queue `q` of the code that runs."""
    return app.signature(name, args=args, app=app).set(queue=scope["q"], **options)


def error(result):
    """What a task that fails is told of, as [type, arguments, has a traceback]."""
    try:
        result.get(timeout=30)
    except Exception as e:
        return [type(e).__name__, list(e.args), str(result.traceback).startswith("Traceback (most recent call last):")]


def patient(get):
    """Asks again for a result whose notification passed between Celery's GET and its SUBSCRIBE."""

    def ask(self, timeout=None, **options):
        end = time.monotonic() + (timeout or 30)
        while True:
            try:
                return get(self, timeout=min(2, max(0.1, end - time.monotonic())), **options)
            except celery.exceptions.TimeoutError:
                if time.monotonic() >= end:
                    raise

    return ask


class Told(AsyncResult):
    """The result of a task that was sent by itself: Celery subscribes to it before it sends, asks once,
    and from then on waits for nothing but what is published. So does the test."""

    get = AsyncResult.get


def told(send):
    def sent(*args, **options):
        result = send(*args, **options)
        result.__class__ = Told
        return result

    return sent


AsyncResult.get = patient(AsyncResult.get)
ResultSet.get = patient(ResultSet.get)
app.send_task = told(app.send_task)

if mode == "worker":
    app.worker_main(["worker", "-P", "prefork", "-c", "2", "-n", sys.argv[3], "-Q", sys.argv[4], "-l", "INFO", "-E", "--without-gossip", "--without-mingle"])
for line in sys.stdin if mode == "drive" else ():
    scope = dict(globals(), **json.loads(line))
    try:
        exec(scope["code"], scope)
        answer = {"out": scope["out"]}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer, default=str), flush=True)
