"""A channel layer of channels_redis that does what it is told, one line of JSON at a time.

    peer.py core|pubsub URL KEY...
"""
import asyncio, base64, json, sys

import channels_redis


def plain(v):
    if isinstance(v, bytes):
        return {"bytes": base64.b64encode(v).decode()}
    if isinstance(v, dict):
        return {k: plain(e) for k, e in v.items()}
    return [plain(e) for e in v] if isinstance(v, (list, tuple)) else v


def message(v):
    if isinstance(v, dict):
        if set(v) == {"bytes"}:
            return base64.b64decode(v["bytes"])
        return {k: message(e) for k, e in v.items()}
    return [message(e) for e in v] if isinstance(v, list) else v


async def main(kind, url, keys):
    if kind == "core":
        from channels_redis.core import RedisChannelLayer as Layer
    else:
        from channels_redis.pubsub import RedisPubSubChannelLayer as Layer
    print(json.dumps({"value": channels_redis.__version__}), flush=True)
    layer = Layer(hosts=[url], **({"symmetric_encryption_keys": keys} if keys else {}))
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        call, *args = json.loads(line)
        try:
            answer = {"value": plain(await getattr(layer, call)(*[message(a) for a in args]))}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    await (layer.close_pools() if kind == "core" else layer.flush())


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
