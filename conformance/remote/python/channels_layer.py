#!/usr/bin/env python3
"""Serves a channel layer of Django Channels to the conformance suite.

It speaks protocol 1 of conformance/remote on standard input and output. A
layer is opened with an entry of CHANNEL_LAYERS:

    {"id": 1, "op": "open", "cache": "a", "args": {"entry": {"dict": [["BACKEND", "channels.layers.InMemoryChannelLayer"], ["CONFIG", {"dict": []}]]}}}
"""
import asyncio
import copy
import threading
import time

from channels.exceptions import ChannelFull
from django.utils.module_loading import import_string

import adapter
from adapter import Refused, enc, find, serve

layers = {}
loop = asyncio.new_event_loop()
offset, wall = [0.0], time.time
time.time = lambda: wall() + offset[0]  # the scores of messages and the ages of tokens, moved by "advance"


class Opaque:
    """What no layer can write. One is like another."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Opaque)


adapter.DECODERS["opaque"] = Opaque


def empty(message):
    """Empties what is inside a message: whoever shares it shows."""
    for inside in message.values():
        if isinstance(inside, (dict, list)):
            inside.clear()


class Layer:
    """One process's layer, and the receivers that wait on it."""

    def __init__(self, entry):
        self.layer = import_string(entry["BACKEND"])(**entry.get("CONFIG", {}))
        self.receivers, self.cancelled = {}, set()

    async def given(self, call, message):
        """Awaits a call and answers the message if that has changed it."""
        before = copy.deepcopy(message)
        await call
        changed = None if message == before else enc(message)
        empty(message)
        return changed

    async def send(self, channel, message):
        return await self.given(self.layer.send(channel, message), message)

    async def group_send(self, group, message):
        return await self.given(self.layer.group_send(group, message), message)

    async def receive(self, channel, call):
        task = self.receivers[call] = asyncio.ensure_future(self.layer.receive(channel))
        if call in self.cancelled:
            loop.call_soon(task.cancel)  # once it has looked at its arguments
        try:
            message = await task
        except asyncio.CancelledError:
            return {"cancelled": True}
        finally:
            del self.receivers[call]
        answer = {"message": enc(message)}
        empty(message)
        return answer

    async def cancel(self, call):
        self.cancelled.add(call)
        if call in self.receivers:
            self.receivers[call].cancel()

    async def new_channel(self):
        return await self.layer.new_channel()

    async def group_add(self, group, channel):
        return await self.layer.group_add(group, channel)

    async def group_discard(self, group, channel):
        return await self.layer.group_discard(group, channel)

    async def flush(self):
        await self.layer.flush()

    async def drop(self):
        for task in list(self.receivers.values()):
            task.cancel()
        # That on publish and subscribe has no other way to close its connections. What has lost its way is left behind.
        closing = asyncio.ensure_future(getattr(self.layer, "close_pools", self.layer.flush)())
        await asyncio.wait([closing], timeout=2)


def run(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result()


def perform(question):
    op, a = question.op, question.args
    if op == "open":
        layers[question.name] = Layer(a["entry"])
        return {"lacks": ["layer.open", "layer.server"]} if "InMemory" in a["entry"]["BACKEND"] else {}
    if op == "advance":
        offset[0] += a["seconds"]
        return None
    if op.startswith("_") or not asyncio.iscoroutinefunction(getattr(Layer, op, None)) or op == "given":
        raise Refused("unsupported", f"no operation {op!r}")
    layer = find(layers, question)
    if op == "drop":
        del layers[question.name]
    return run(getattr(layer, op)(**a))


def kind(error, op):
    """The protocol's kind of an error."""
    name = type(error).__name__
    if isinstance(error, ChannelFull):
        return "full"
    if name == "InvalidToken" or op == "receive" and isinstance(error, ValueError):
        return "deserialize"
    if isinstance(error, (TypeError, AssertionError, OverflowError)) or op == "group_add" and isinstance(error, RuntimeError):
        return "invalid"
    return "unavailable" if isinstance(error, OSError) or name in ("ConnectionError", "TimeoutError") else "other"


if __name__ == "__main__":
    threading.Thread(target=loop.run_forever, daemon=True).start()
    serve({"layer": {"clock": True}}, perform, kind, lambda: [run(layer.drop()) for layer in layers.values()])
