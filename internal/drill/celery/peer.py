"""Celery's side of the storm.

usage: peer.py ADDR worker JOURNAL NAME   run a worker until killed
       peer.py ADDR publish JOURNAL N     send tasks until N are acknowledged, then wait to be killed
"""
import os
import sys
import time

import kombu.message
from celery import Celery

addr, mode, journal = sys.argv[1:4]
out = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
app = Celery("drill", broker="redis://%s/0" % addr)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3},
)


def note(kind, id):
    os.write(out, ("%s %s %d\n" % (kind, id, time.time_ns())).encode())


@app.task(name="drill.run", bind=True)
def run(self):
    note("X", self.request.id)


def noted(ack):
    def confirmed(self, *args, **kwargs):
        ack(self, *args, **kwargs)
        note("A", self.headers["id"])

    return confirmed


if mode == "worker":
    kombu.message.Message.ack = noted(kombu.message.Message.ack)
    app.worker_main(["worker", "-P", "solo", "-n", sys.argv[4] + "@drill", "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"])
else:
    done, serial = 0, 0
    while done < int(sys.argv[4]):
        serial += 1
        id = "task-%07d" % serial
        try:
            run.apply_async(task_id=id)
        except Exception:
            time.sleep(0.01)  # the server may be down
            continue
        note("P", id)
        done += 1
    while True:
        time.sleep(60)
