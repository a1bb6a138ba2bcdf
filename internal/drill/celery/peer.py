"""Celery's side of the storm. Its tasks are those of recipe.go.

usage: peer.py ADDR worker JOURNAL NAME   run a worker until killed
       peer.py ADDR publish JOURNAL N     send tasks until N are acknowledged, then wait to be killed
"""
import os
import sys
import time

import kombu.message
from celery import Celery, chain, chord

KINDS, PARTS = 20, 3
addr, mode, journal = sys.argv[1:4]
out = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
app = Celery("drill", broker="redis://%s/0" % addr, backend="redis://%s/0" % addr)
app.conf.update(
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3},
)


def note(kind, id):
    os.write(out, ("%s %s %d\n" % (kind, id, time.time_ns())).encode())
    if kind == "X":
        os.fsync(out)


def kind(n):
    k = n % KINDS
    for end, name in (10, "plain"), (12, "later"), (14, "retried"), (16, "chain"), (17, "chord"), (18, "compressed"), (19, "prioritized"):
        if k < end:
            return name
    return "large"


def size(n):
    return {"large": 20000, "compressed": 2000}.get(kind(n)) or (0, 10, 100, 1000)[n // KINDS % 4]


def payload(id, size):
    return (id * (size // len(id) + 1))[:size]


def effect(request):
    return "%s#%d" % (request.id, request.retries)


def work(self, *args):
    id, _, step = self.request.id.partition(".")
    rest, n = args, int(id[5:])
    right = True
    if self.name == "drill.run" and step not in ("", "0"):
        rest, right = args[1:], args[:1] == ("%s.%d" % (id, int(step) - 1),)
    if not right or len(rest) != 3 or rest[0] != size(n) or rest[1] != payload(self.request.id, size(n)):
        note("W", effect(self.request))
    note("X", effect(self.request))
    if rest[2:] == (1,) and self.request.retries == 0:
        raise self.retry(countdown=0.1)
    return self.request.id


@app.task(name="drill.run", bind=True, ignore_result=True)
def run(self, *args):
    return work(self, *args)


@app.task(name="drill.part", bind=True)
def part(self, *args):
    return work(self, *args)


@app.task(name="drill.join", bind=True, ignore_result=True)
def join(self, results):
    id = self.request.id.partition(".")[0]
    if sorted(results) != ["%s.%d" % (id, i) for i in range(PARTS)]:
        note("W", effect(self.request))
    note("X", effect(self.request))


def noted(ack):
    def confirmed(self, *args, **kwargs):
        ack(self, *args, **kwargs)
        note("A", "%s#%d" % (self.headers["id"], self.headers["retries"]))

    return confirmed


def publish(n):
    id = "task-%07d" % n
    is_a = kind(n)

    def sig(task, id):
        return task.s(size(n), payload(id, size(n)), int(is_a == "retried")).set(task_id=id)

    several = ["%s.%d" % (id, i) for i in range(PARTS)]
    if is_a == "chain":
        chain(sig(run, i) for i in several).apply_async()
    elif is_a == "chord":
        chord([sig(part, i) for i in several])(join.s().set(task_id=id + ".b"))
    else:
        options = {"later": {"countdown": 0.3}, "compressed": {"compression": "zlib"}, "prioritized": {"priority": n // KINDS % 10}}
        sig(run, id).apply_async(**options.get(is_a, {}))
    note("P", id)


if mode == "worker":
    kombu.message.Message.ack = noted(kombu.message.Message.ack)
    app.worker_main(["worker", "-P", "solo", "-n", sys.argv[4] + "@drill", "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"])
else:
    done, serial = 0, 0
    while done < int(sys.argv[4]):
        serial += 1
        try:
            publish(serial)
        except Exception:
            time.sleep(0.01)  # the server may be down
            continue
        done += 1
    while True:
        time.sleep(60)
