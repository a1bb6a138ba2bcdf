"""The Python side of the benchmark: real Celery.

usage: peer.py PORT publish N      print how many delay() calls a second N threads make
       peer.py PORT worker POOL    run a worker until killed
"""
import sys
import threading
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
    start, counts = time.perf_counter(), []

    def publish():
        n = 0
        while time.perf_counter() - start < 1:
            noop.delay(2, 3)
            n += 1
        counts.append(n)

    threads = [threading.Thread(target=publish) for _ in range(int(sys.argv[3]))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(sum(counts) / (time.perf_counter() - start))
else:
    app.worker_main(["worker", "-P", sys.argv[3], "-c", "2", "-n", "bench@peer", "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"])
