// Package remote makes a program in any language a subject of the cache and
// broker requirements: a child process that answers operations on its standard
// input and output. python/django_cache.py serves every cache backend of
// Django, python/kombu_broker.py kombu's Redis transport.
//
// # Protocol 1
//
// Each message is a JSON object on a line of its own, in UTF-8. The child
// first says {"protocol": 1}. Then the parent asks, any number of questions at
// a time, and the child answers in any order:
//
//	→ {"id": 7, "cache": "a", "op": "incr", "args": {"key": "n", "delta": {"int": "1"}}}
//	← {"id": 7, "ok": {"int": "42"}}
//	← {"id": 7, "error": "not found", "text": "ValueError: Key 'n' not found"}
//
// Kinds of error are those of the port: not found, not an integer, overflow,
// serialize, deserialize, unavailable, wrong type, not owned, invalid,
// unsupported; other is anything else. The child ends when its input does.
//
// Values are null, booleans, texts and arrays as in JSON, and objects of one
// key for the rest: {"int": "42"} in decimal, {"float": "1.5"} as Python
// writes it (nan, inf), {"bytes": "00ff"} in hexadecimal, {"dict": [[key,
// value], …]}.
//
// Operations have the names and arguments of Django's cache API and of
// django-redis. A missing "timeout" is the alias's default, null is forever,
// other timeouts are seconds. "version" selects a version. Beyond those:
//
//   - open{entry} opens a cache under the name "cache" with an entry of CACHES
//     and answers {"lacks": […], "django": …}, the capabilities it lacks.
//   - drop forgets the cache "cache" and closes its connections.
//   - get answers {"found": …, "value": …}; ttl and pttl {"found", "left"}.
//   - get_or_set asks back with {"id": 7, "call": true} if it needs the value,
//     and is told {"id": 7, "reply": {"value": …}} or {"reply": {"error": …}}.
//   - set_if is set with nx and xx and answers whether it wrote.
//   - lock{key, timeout, sleep, wait} answers a handle for acquire, release,
//     extend, reacquire, locked and owned, each with {"lock": handle}. wait is
//     null not to wait at all, 0 for no limit.
//   - methods on several members or keys take them as "values".
//   - advance{seconds} moves the child's clock, where its caches have one.
//
// # Brokers
//
// A child that serves brokers speaks the same protocol, with the broker's name
// as "cache" and these operations:
//
//   - open{url, options} opens a broker with kombu's transport options.
//   - publish{messages}, each a dict of exchange, key, priority, body, type,
//     encoding, headers and properties; inject{queue, raw}.
//   - depth{queue}, purge{queue}, restore{}, declare{kind, bindings},
//     unbind{bindings}, each binding a dict of exchange, key and queue.
//   - consume{name, queues} opens a consumer. Operations with {"consumer":
//     name} are for it: claim{max} answers dicts of queue, body, type, encoding,
//     headers, properties and tag; ack{tags}; reject{tags, requeue}; close{};
//     kill{}, which ends it as SIGKILL would.
//   - advance and drop as for caches.
package remote
