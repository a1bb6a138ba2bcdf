"""A clock that the suite moves. It must be imported before Celery, which takes its clocks at import."""
import datetime
import time

offset = [0.0]
present, steady, real = time.time, time.monotonic, datetime.datetime
time.time = lambda: present() + offset[0]
time.monotonic = lambda: steady() + offset[0]


class Instance(type):
    """Takes datetimes of C for ours."""

    def __instancecheck__(cls, value):
        return isinstance(value, real)


class Moved(real, metaclass=Instance):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)


datetime.datetime = Moved
