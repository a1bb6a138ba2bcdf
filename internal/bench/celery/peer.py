"""The Python side of the benchmark: real Celery.

usage: peer.py PORT publish        print how many delay() calls a second it makes
       peer.py PORT worker POOL    run a worker until killed
"""
import sys
import time

from celery import Celery

port, mode = sys.argv[1], sys.argv[2]
app = Celery("bench", broker="redis://127.0.0.1:%s/0" % port)
app.conf.update(task_ignore_result=True, worker_send_task_events=False)


@app.task(name="bench.noop", ignore_result=True)
def noop(*args):
    return None


if mode == "publish":
    for _ in range(50):
        noop.delay(2, 3)
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < 1:
        noop.delay(2, 3)
        n += 1
    print(n / (time.perf_counter() - start))
else:
    app.worker_main(["worker", "-P", sys.argv[3], "-c", "2", "-n", "bench@peer", "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"])
