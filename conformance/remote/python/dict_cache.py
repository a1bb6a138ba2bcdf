#!/usr/bin/env python3
"""A cache in a dict, and the adapter that lets the conformance suite judge it.

A sample to start from: nothing but the standard library, protocol 1 of
conformance/remote on standard input and output. Judge it with

    go run github.com/redkit-dev/redkit/cmd/conform remote python3 dict_cache.py
"""
import copy
import json
import sys

HAS = ["cache.add", "cache.touch", "cache.has", "cache.many", "cache.count", "cache.clear"]
CLAIMS = ["cache.subsecond", "cache.counts-deletes", "cache.any-key", "cache.values.any-float", "cache.values.bytes"]


class Error(Exception):
    """An error: one of the protocol's kinds, and a text."""


class DictCache:
    """What is judged. Replace it by your own cache, or by a client of it."""

    now = 0.0  # the clock of all, which stands still but for the operation advance

    def __init__(self, default_timeout):
        self.entries, self.default = {}, default_timeout

    def has_key(self, key):
        return key in self.entries and (self.entries[key][1] is None or self.entries[key][1] > self.now)

    def get(self, key):
        found = self.has_key(key)
        return {"found": found, "value": enc(self.entries[key][0] if found else None)}

    def set(self, key, value, timeout="default"):
        timeout = self.default if timeout == "default" else timeout
        if timeout is not None and timeout <= 0:
            self.entries.pop(key, None)
        else:
            self.entries[key] = (copy.deepcopy(value), None if timeout is None else self.now + timeout)

    def add(self, key, value, timeout="default"):
        absent = not self.has_key(key)
        if absent:
            self.set(key, value, timeout)
        return absent

    def touch(self, key, timeout="default"):
        present = self.has_key(key)
        if present:
            self.set(key, self.entries[key][0], timeout)
        return present

    def delete(self, key):
        return self.has_key(key) and self.entries.pop(key) is not None

    def get_many(self, keys):
        return enc({key: self.entries[key][0] for key in keys if self.has_key(key)})

    def set_many(self, data, timeout="default"):
        for key, value in data.items():
            self.set(key, value, timeout)

    def delete_many(self, keys):
        return enc(sum(self.delete(key) for key in keys))

    def incr(self, key, delta):
        if not self.has_key(key):
            raise Error("not found", f"incr {key}: not found")
        value, end = self.entries[key]
        if type(value) is not int:
            raise Error("not an integer", f"incr {key}: it holds a {type(value).__name__}")
        if not -1 << 63 <= value + delta < 1 << 63:
            raise Error("overflow", f"incr {key}: {value + delta} has more than 64 bits")
        self.entries[key] = (value + delta, end)
        return enc(value + delta)

    def decr(self, key, delta):
        return self.incr(key, -delta)

    def clear(self):
        self.entries.clear()


DECODERS = {"int": int, "float": float, "bytes": bytes.fromhex, "dict": lambda pairs: {k: dec(v) for k, v in pairs}}


def dec(v):
    """The value that the protocol describes."""
    if isinstance(v, dict):
        (kind, x), = v.items()
        return DECODERS[kind](x)
    return [dec(e) for e in v] if isinstance(v, list) else v


def enc(v):
    """The protocol's description of a value."""
    if isinstance(v, dict):
        return {"dict": [[k, enc(e)] for k, e in v.items()]}
    if isinstance(v, list):
        return [enc(e) for e in v]
    for kind, of, text in (("int", int, str), ("float", float, repr), ("bytes", bytes, bytes.hex)):
        if isinstance(v, of) and not isinstance(v, bool):
            return {kind: text(v)}
    return v


def perform(caches, op, name, args):
    """What an operation answers."""
    args = {k: dec(v) for k, v in args.items()}
    if op == "echo":
        return enc(args["value"])
    if op == "open":
        caches[name] = DictCache(args["entry"].get("TIMEOUT", 300))
        return {"has": HAS}
    if op == "advance":
        DictCache.now += args["seconds"]
        return None
    if op != "drop" and (op.startswith("_") or not hasattr(DictCache, op)):
        raise Error("unsupported", f"no operation {op!r}")
    if name not in caches:
        raise Error("invalid", f"{op}: the cache {name!r} is not open")
    return caches.pop(name).clear() if op == "drop" else getattr(caches[name], op)(**args)


def main():
    """Answers questions one after the other, so that every operation is atomic."""
    send, caches = (lambda message: print(json.dumps(message), flush=True)), {}
    send({"protocol": 1, "name": "dict", "version": "1.0", "families": {"cache": {"claims": CLAIMS, "clock": True}}})
    for line in sys.stdin.buffer:
        try:
            question = json.loads(line)
            i, op, name, args = question["id"], question["op"], question.get("cache"), question.get("args", {})
        except (LookupError, TypeError, ValueError, AttributeError) as e:
            send({"id": None, "error": "invalid", "text": f"no question: {e!r}"})
            continue
        try:
            send({"id": i, "ok": perform(caches, op, name, args)})
        except Error as e:
            send({"id": i, "error": e.args[0], "text": e.args[1]})
        except (LookupError, TypeError, ValueError) as e:  # an argument is missing, or is no value
            send({"id": i, "error": "invalid", "text": f"{op}: {e!r}"})


if __name__ == "__main__":
    main()
