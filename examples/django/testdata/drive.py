"""Evaluates Python in the shop, an expression a line, for the tests in Go.

A question is a line of JSON, {"ask": expression}, and so is the answer,
{"out": value} or {"error": text}. It ends with its input.
"""
import asyncio
import json
import os
import sys
import threading
import traceback

answers, sys.stdout = sys.stdout, sys.stderr

import django  # noqa: E402

django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from celery import chain, chord, group  # noqa: E402, F401
from channels.layers import channel_layers, get_channel_layer  # noqa: E402
from channels.testing import WebsocketCommunicator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402, F401
from django.test import Client  # noqa: E402

from shop import keys, redis_env  # noqa: E402, F401
from shop.asgi import application  # noqa: E402
from shop.celery import app  # noqa: E402
from shop.tasks import add, fail, report, total  # noqa: E402, F401

PATIENCE = 120  # seconds
web = Client(HTTP_HOST="shop.example")


def get(path, **headers):
    return seen(web.get(path, **headers))


def post(path, body, user=""):
    return seen(web.post(path, body, content_type="application/json", HTTP_X_USER=user))


def seen(response):
    shown = {"status": response.status_code, "body": response.json()}
    if response.has_header("X-Cache"):
        shown["X-Cache"] = response["X-Cache"]
    return shown


def task(name, *args, **kwargs):
    """The call of a task that Go runs, for chains and chords."""
    return app.signature(name, args=args, kwargs=kwargs)


def result(signature):
    return signature.apply_async().get(timeout=PATIENCE)


def inspect_ping(workers):
    """celery inspect ping, which ends as soon as so many have answered."""
    return app.control.inspect(timeout=PATIENCE, limit=workers).ping()


def refused(call):
    """The exception that a call ends with."""
    try:
        return "no error: %r" % (call(),)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


locks = {}


def acquire(name):
    """Tries once, and keeps the lock for release."""
    locks[name] = caches["default"].lock(name, timeout=PATIENCE)
    return locks[name].acquire(blocking=False)


def release(name):
    return locks.pop(name).release()


def use_layer(kind):
    """As if the environment said CHANNEL_LAYERS_DEFAULT_BACKEND=kind."""
    os.environ["CHANNEL_LAYERS_DEFAULT_BACKEND"] = kind
    settings.CHANNEL_LAYERS = redis_env.channel_layers()
    channel_layers.backends.clear()
    kinds = type(get_channel_layer()).__mro__
    return next(kind.__name__ for kind in kinds if kind.__module__.startswith("channels_redis"))


def group_send(group, message):
    """What a view does, which is no coroutine."""
    return async_to_sync(get_channel_layer().group_send)(group, message)


loop = asyncio.new_event_loop()  # in which the sockets' consumers live
threading.Thread(target=loop.run_forever, daemon=True).start()


def run(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(PATIENCE)


class Socket:
    """A browser's side of a WebSocket."""

    async def connect(self, path):
        self.communicator = WebsocketCommunicator(application, path)
        accepted, _ = await self.communicator.connect(timeout=PATIENCE)
        return accepted

    def hears(self):
        return run(self.communicator.receive_json_from(timeout=PATIENCE))

    def close(self):
        """The consumer leaves its group, then its receive is cancelled. That of
        channels_redis 4.0 can miss it, and is cancelled once more here."""
        try:
            return run(self.communicator.disconnect(timeout=10))
        except asyncio.TimeoutError:
            return None


socket = Socket()


def connect(path):
    return run(socket.connect(path))


for line in sys.stdin:
    try:
        answer = {"out": eval(json.loads(line)["ask"])}
        text = json.dumps(answer, ensure_ascii=False)
    except Exception:
        text = json.dumps({"error": traceback.format_exc()})
    answers.write(text + "\n")
    answers.flush()
