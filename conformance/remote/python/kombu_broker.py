#!/usr/bin/env python3
"""Serves kombu's Redis transport to the conformance suite.

It speaks protocol 1 of conformance/remote on standard input and output. A
broker is opened with a URL and kombu's transport options:

    {"id": 1, "op": "open", "cache": "a", "args": {"url": "redis://127.0.0.1:6379/0", "options": {"dict": []}}}
"""
import threading
import time

import kombu
import kombu.transport.redis as transport
from kombu.transport.virtual import Empty

from adapter import Refused, enc, find, serve

brokers, consumers = {}, {}
offset = [0.0]
transport.time = lambda: time.time() + offset[0]  # the scores of claims, moved by "advance"


class Broker:
    """One process's connection: a channel to publish and to look after queues."""

    def __init__(self, url, options):
        self.url, self.options, self.lock = url, options, threading.Lock()
        self.connection = kombu.Connection(url, transport_options=options)
        self.channel = self.connection.channel()

    def publish(self, messages):
        for m in messages:
            properties = dict(m["properties"], delivery_mode=2)  # in the order of kombu's Producer
            message = self.channel.prepare_message(m["body"], m["priority"], m["type"], m["encoding"], m["headers"], properties)
            self.channel.basic_publish(message, m["exchange"], m["key"])

    def depth(self, queue):
        return self.channel._size(queue)

    def purge(self, queue):
        return self.channel.queue_purge(queue)

    def restore(self):
        self.channel.qos.restore_visible(num=self.channel.unacked_restore_limit, interval=1)

    def declare(self, kind, bindings):
        for b in bindings:
            self.channel.exchange_declare(b["exchange"], kind)
            self.channel.queue_declare(b["queue"])
            self.channel.queue_bind(b["queue"], b["exchange"], b["key"])

    def unbind(self, bindings):
        for b in bindings:
            self.channel.queue_delete(b["queue"])

    def inject(self, queue, raw):
        self.channel.client.lpush(queue, raw)

    def consume(self, name, queues):
        consumers[name] = Consumer(self, queues)


class Consumer:
    """A worker: a connection of its own, that pops and keeps what is unacked."""

    def __init__(self, broker, queues):
        self.lock, self.got = threading.Lock(), []
        self.connection = kombu.Connection(broker.url, transport_options=broker.options)
        self.channel = self.connection.channel()
        for q in queues:
            self.channel.basic_consume(q, False, lambda m, q=q: self.got.append((q, m)), "tag-" + q)

    def claim(self, max):
        self.got.clear()
        client = self.channel.client
        if client.connection is None:  # as kombu's poller does
            client.connection = client.connection_pool.get_connection("_")
        # A wait in vain lasts until the server's next tick, however short it is meant to be: it looks first.
        while len(self.got) < max and any(self.channel._size(q) for q in self.channel.active_queues):
            self.channel._brpop_start(0.01)  # what the event loop does, with a shorter wait
            try:
                self.channel._brpop_read()
            except Empty:
                break
        return [{"queue": q, "body": m.body if isinstance(m.body, bytes) else m.body.encode("utf-8", "surrogatepass"),
                 "type": m.content_type, "encoding": m.content_encoding,
                 "headers": m.headers, "properties": m.properties, "tag": m.delivery_tag} for q, m in self.got]

    def ack(self, tags):
        for tag in tags:
            self.channel.basic_ack(tag)

    def reject(self, tags, requeue):
        for tag in tags:
            self.channel.basic_reject(tag, requeue=requeue)

    def close(self):
        self.channel.close()
        self.connection.close()

    def kill(self):
        self.channel.qos._delivered.clear()  # it would give them back
        self.channel._disconnect_pools()


def perform(question):
    op, a = question.op, question.args
    if op == "open":
        brokers[question.name] = Broker(a["url"], a["options"])
        return {"kombu": kombu.__version__}
    if op == "advance":
        offset[0] += a["seconds"]
        return None
    if op == "drop":
        find(brokers, question)
        return brokers.pop(question.name).connection.close()
    if not op.isalpha() or not hasattr(Broker, op) and not hasattr(Consumer, op):
        raise Refused("unsupported", f"no operation {op!r}")
    subject = consumers[a.pop("consumer")] if "consumer" in a else find(brokers, question)
    with subject.lock:
        return enc(getattr(subject, op)(**a))


if __name__ == "__main__":
    serve({"broker": {"clock": True}}, perform, lambda error, op: "unavailable")
