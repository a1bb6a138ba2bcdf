"""Django's settings out of the variables that `mage env` prints.

Copy this file: it knows nothing of the shop. The forms of a URL are redis://,
rediss:// (with its certificates as options, which redis-py reads), sentinel://
and redis+cluster://.
"""
import json
import os
import re
from urllib.parse import parse_qs, quote, unquote, urlsplit


SERIALIZERS = {
    "json": "django_redis.serializers.json.JSONSerializer",
    "msgpack": "django_redis.serializers.msgpack.MSGPackSerializer",
}
COMPRESSORS = {
    "zlib": "django_redis.compressors.zlib.ZlibCompressor",
    "gzip": "django_redis.compressors.gzip.GzipCompressor",
    "lz4": "django_redis.compressors.lz4.Lz4Compressor",
    "zstd": "django_redis.compressors.zstd.ZStdCompressor",
    "lzma": "django_redis.compressors.lzma.LzmaCompressor",
}


def caches(env=os.environ):
    """CACHES: one alias for each REDIS_CACHE_<ALIAS>_URL."""
    aliases = {}
    for variable, url in sorted(env.items()):
        found = re.fullmatch(r"REDIS_CACHE_([A-Z0-9_]+)_URL", variable)
        if not found:
            continue
        setting = lambda name, default: env.get("REDIS_CACHE_%s_%s" % (found[1], name), default)
        timeout = setting("TIMEOUT", "300")
        aliases[found[1].lower()] = {
            "BACKEND": "django_redis.cache.RedisCache",
            "KEY_PREFIX": setting("KEY_PREFIX", ""),
            "VERSION": int(setting("VERSION", "1")),
            "TIMEOUT": int(timeout) if timeout else None,  # empty: never
            **_location(url, env),
        }
        options = aliases[found[1].lower()].setdefault("OPTIONS", {})
        if setting("SERIALIZER", "pickle") != "pickle":
            options["SERIALIZER"] = SERIALIZERS[setting("SERIALIZER", "")]
        if setting("COMPRESSOR", "none") != "none":
            options["COMPRESSOR"] = COMPRESSORS[setting("COMPRESSOR", "")]
        if setting("IGNORE_EXCEPTIONS", "off") == "on":
            options["IGNORE_EXCEPTIONS"] = True
        if setting("MAX_CONNECTIONS", ""):
            options["CONNECTION_POOL_KWARGS"] = {"max_connections": int(setting("MAX_CONNECTIONS", ""))}
        for replica in filter(None, setting("REPLICAS", "").split(",")):
            login, at, _ = urlsplit(url).netloc.rpartition("@")
            aliases[found[1].lower()]["LOCATION"].append(urlsplit(url)._replace(netloc=login + at + replica).geturl())
    return aliases


def _location(url, env):
    if url.startswith("sentinel://"):  # django-redis wants the master's name for a host
        user, password, db, master = _watched(url, env)
        login = "%s:%s@" % (quote(user, ""), quote(password, "")) if password else ""
        return {
            "LOCATION": "redis://%s%s/%s" % (login, master, db),
            # No CLIENT_CLASS: SentinelClient reads from replicas, which lag, so
            # a permission that was withdrawn would be granted a little longer.
            "OPTIONS": {"SENTINELS": sentinels(env), "SENTINEL_KWARGS": sentinel_kwargs(env)},
        }
    return {"LOCATION": [url]}  # a text would be cut at the commas of a cluster's nodes


def connection_factory(env=os.environ):
    """DJANGO_REDIS_CONNECTION_FACTORY, which all aliases share."""
    urls = [url for name, url in env.items() if re.fullmatch(r"REDIS_CACHE_[A-Z0-9_]+_URL", name)]
    if any(url.startswith("sentinel://") for url in urls):
        return "django_redis.pool.SentinelConnectionFactory"
    if any("+cluster://" in url for url in urls):
        return "shop.redis_cluster.ConnectionFactory"
    return "django_redis.pool.ConnectionFactory"


def celery(env=os.environ):
    """Celery's settings, as Django names them."""
    transport = json.loads(env.get("CELERY_BROKER_TRANSPORT_OPTIONS", "{}"))
    transport.setdefault("visibility_timeout", int(env.get("CELERY_BROKER_VISIBILITY_TIMEOUT", "3600")))
    if env.get("CELERY_BROKER_GLOBAL_KEYPREFIX"):
        transport.setdefault("global_keyprefix", env["CELERY_BROKER_GLOBAL_KEYPREFIX"])
    # Results go through the same sentinels, and the shorter timeout of the two
    # would hold for both.
    shared = ("visibility_timeout", "master_name", "sentinel_kwargs")
    results = {name: transport[name] for name in shared if name in transport}
    return {
        "CELERY_BROKER_URL": env["CELERY_BROKER_URL"],
        "CELERY_BROKER_TRANSPORT_OPTIONS": transport,
        "CELERY_RESULT_BACKEND": env.get("CELERY_RESULT_BACKEND"),
        "CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS": results,
        "CELERY_RESULT_EXPIRES": int(env.get("CELERY_RESULT_EXPIRES", "86400")),
    }


LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
    "core behind sentinels": "shop.redis_layers.SentinelChannelLayer",
}


def channel_layers(env=os.environ):
    """CHANNEL_LAYERS, of the kind that CHANNEL_LAYERS_DEFAULT_BACKEND names."""
    url = env["CHANNEL_LAYERS_DEFAULT_URL"]
    host, kind = {"address": url}, env.get("CHANNEL_LAYERS_DEFAULT_BACKEND", "core")
    if url.startswith("sentinel://"):
        kind = kind if kind == "pubsub" else "core behind sentinels"
        user, password, db, master = _watched(url, env)
        host = {"sentinels": sentinels(env), "master_name": master, "sentinel_kwargs": sentinel_kwargs(env), "db": int(db)}
        if password:
            host.update(username=user, password=password)
    return {
        "default": {
            "BACKEND": LAYERS[kind],
            "CONFIG": {"hosts": [host], "prefix": env.get("CHANNEL_LAYERS_DEFAULT_PREFIX", "asgi")},
        }
    }


def sentinels(env=os.environ):
    """REDIS_SENTINELS as redis-py takes them."""
    pairs = (address.rsplit(":", 1) for address in env["REDIS_SENTINELS"].split(","))
    return [(host, int(port)) for host, port in pairs]


def sentinel_kwargs(env=os.environ):
    password = env.get("REDIS_SENTINEL_PASSWORD")
    return {"password": password} if password else {}


def _watched(url, env):
    """User, password, database and the master's name of a sentinel:// URL."""
    first, last = urlsplit(url.split(";")[0]), urlsplit(url.split(";")[-1])
    master = parse_qs(last.query).get("master_name", [env.get("REDIS_SENTINEL_MASTER", "mymaster")])[0]
    return unquote(first.username or ""), unquote(first.password or ""), last.path.strip("/") or "0", master
