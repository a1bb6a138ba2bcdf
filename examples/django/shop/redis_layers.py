"""channels_redis' core layer behind Sentinel, from more than one event loop.

channels_redis 4.0 takes the sentinels out of its settings when it connects
first: async_to_sync, whose loops are new ones, would then reach for a server
on localhost:6379.
"""
from channels_redis import core


class SentinelChannelLayer(core.RedisChannelLayer):
    def create_pool(self, index):
        host = self.hosts[index]
        self.hosts[index] = dict(host)
        try:
            return super().create_pool(index)
        finally:
            self.hosts[index] = host
