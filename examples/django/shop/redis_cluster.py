"""django-redis on a Redis Cluster, which it has no client for by itself."""
from urllib.parse import parse_qsl, unquote, urlsplit

from django_redis import pool
from redis.cluster import ClusterNode, RedisCluster


class Cluster(RedisCluster):
    def mget(self, keys, *args):
        """Of several nodes, and so not at one instant."""
        return self.mget_nonatomic(keys, *args)


class ConnectionFactory(pool.ConnectionFactory):
    """For redis+cluster:// and rediss+cluster://; other URLs as ever."""

    _clusters = {}  # by URL: a client for each request would ask for the slots each time

    def connect(self, url):
        parts = urlsplit(url)
        if not parts.scheme.endswith("+cluster"):
            return super().connect(url)
        if url not in self._clusters:
            login, _, hosts = parts.netloc.rpartition("@")
            user, _, password = login.partition(":")
            nodes = [address.rsplit(":", 1) for address in hosts.split(",")]
            self._clusters[url] = Cluster(
                startup_nodes=[ClusterNode(host, int(port)) for host, port in nodes],
                username=unquote(user) or None,
                password=unquote(password) or None,
                ssl=parts.scheme.startswith("rediss"),
                **dict(parse_qsl(parts.query)),  # ssl_ca_certs and the like
            )
        return self._clusters[url]

    def disconnect(self, connection):
        if not isinstance(connection, RedisCluster):
            super().disconnect(connection)
