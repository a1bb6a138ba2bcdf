"""The keys of Go's cache.Keys: both sides find each other's entries."""
import hashlib
import json
import re
from urllib.parse import quote, urlencode

NAMESPACE, VERSION = "shop", 1
LONGEST = 200


def join(*parts):
    key = ":".join([_escape(NAMESPACE), "v%d" % VERSION] + [_escape(str(part)) for part in parts])
    raw = key.encode()
    if len(raw) <= LONGEST:
        return key
    tail = "~" + hashlib.sha256(raw).hexdigest()[:32]
    return raw[: LONGEST - len(tail)].decode(errors="ignore") + tail


def permissions(subject, id, *scope):
    """What a subject may do, on the whole or within a scope."""
    return join("permissions", subject, id, *scope, "granted")


def response(view, request, user="", vary=()):
    """A cached response to a request, which may be shared by all users."""
    method = "GET" if request.method == "HEAD" else request.method
    query = request.META["QUERY_STRING"]
    if not re.search(r";|%(?![0-9A-Fa-f]{2})", query):  # what Go calls malformed stays as it is
        query = urlencode(sorted(request.GET.lists()), doseq=True)
    url = request.scheme, request.get_host().lower(), quote(request.path), query
    digest = hashlib.sha256()
    digest.update(("%s %s %s %s\n" % tuple(map(_quote, url))).encode())
    for name in sorted({name.lower() for name in vary}):
        values = [request.headers[name]] if name in request.headers else []
        digest.update(("%s: [%s]\n" % (_quote(name), " ".join(map(_quote, values)))).encode())
    return join("response", view, method, user, digest.hexdigest()[:32])


def _quote(text):
    return json.dumps(text, ensure_ascii=False)


def _escape(part):
    return "".join("%%%02X" % ord(c) if c <= " " or c in "\x7f:%~" else c for c in part)
