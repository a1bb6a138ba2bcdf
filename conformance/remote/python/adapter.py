"""Protocol 1 of conformance/remote, for the adapters beside this file: values, messages and the loop.

An adapter names its families and says how it performs an operation:

    serve({"cache": {}}, perform)
"""
import json
import queue
import sys
import threading

DECODERS = {"int": int, "float": float, "bytes": bytes.fromhex, "dict": lambda pairs: {dec(k): dec(v) for k, v in pairs}}
output, replies = threading.Lock(), {}


class Refused(Exception):
    """An error of a kind of the protocol."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class Question:
    """What the suite asks: op on name, with args, the values of the protocol decoded."""

    def __init__(self, message):
        self.id, self.op, self.name, self.args = message["id"], message["op"], message.get("cache"), message.get("args") or {}

    def call(self):
        """Asks back for the value that get_or_set needs."""
        replies[self.id] = queue.Queue()
        send({"id": self.id, "call": True})
        reply = replies[self.id].get()
        del replies[self.id]
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return dec(reply["value"])


def dec(v):
    """A value of the protocol: plain JSON, or an object that names its type."""
    if isinstance(v, list):
        return [dec(e) for e in v]
    if isinstance(v, dict):
        (kind, x), = v.items()
        return DECODERS[kind](x)
    return v


def enc(v):
    if v is None or isinstance(v, (bool, str)):
        return v
    if isinstance(v, int):
        return {"int": str(v)}
    if isinstance(v, float):
        return {"float": repr(v)}
    if isinstance(v, (bytes, bytearray)):
        return {"bytes": v.hex()}
    if isinstance(v, (list, tuple, set)):
        return [enc(e) for e in v]
    if isinstance(v, dict):
        return {"dict": [[enc(k), enc(e)] for k, e in v.items()]}
    raise TypeError(f"{type(v)} is no value of the protocol")


def send(message):
    with output:
        print(json.dumps(message), flush=True)


def find(opened, question):
    """What the question is for, of those that were opened."""
    if question.name not in opened:
        raise Refused("invalid", f"{question.op}: {question.name!r} is not open")
    return opened[question.name]


def answer(question, perform, kind):
    """The message that answers a question."""
    try:
        try:
            question.args = {k: dec(v) for k, v in question.args.items()}
        except (LookupError, TypeError, ValueError) as e:
            raise Refused("invalid", f"{question.op}: its arguments are no values of the protocol: {e}") from e
        if question.op != "echo":
            result = perform(question)
        elif "value" in question.args:
            result = enc(question.args["value"])
        else:
            raise Refused("invalid", "echo: the argument value is missing")
        return {"id": question.id, "ok": result}
    except Refused as e:
        return {"id": question.id, "error": e.kind, "text": str(e)}
    except BaseException as e:  # a worker would die of some; the suite says so
        return {"id": question.id, "error": kind(e, question.op), "text": f"{type(e).__name__}: {e}"}


def serve(families, perform, kind=lambda error, op: "other", end=lambda: None):
    """Answers the questions on standard input until it ends, many at a time; end is called then.

    Each question has a thread, and one that comes after an answer has the thread of that answer: who asks one thing at
    a time keeps the connection that belongs to it.
    """
    idle, workers = [], {}

    def work(inbox):
        for question in iter(inbox.get, None):
            message = answer(question, perform, kind)
            idle.append(inbox)  # before it is sent: who reads it may ask again at once
            send(message)

    def ask(question):
        if not idle:
            idle.append(queue.SimpleQueue())
            workers[idle[-1]] = threading.Thread(target=work, args=idle[-1:])
            workers[idle[-1]].start()
        idle.pop().put(question)

    send({"protocol": 1, "families": families})
    for line in sys.stdin.buffer:
        try:
            message = json.loads(line)
            if "reply" in message:
                replies[message["id"]].put(message["reply"])
            else:
                ask(Question(message))
        except (LookupError, TypeError, ValueError, AttributeError) as e:
            send({"id": None, "error": "invalid", "text": f"no message of the protocol: {type(e).__name__}: {e}"})
    end()
    for inbox, worker in workers.items():
        inbox.put(None)
        worker.join()
