"""A small shop whose every use of Redis comes from `mage env`."""
import os

from . import redis_env

SECRET_KEY = os.environ.get("SECRET_KEY", "for development only")
DEBUG = True
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"  # Celery takes it over, and compares the clocks of its workers
ROOT_URLCONF = "shop.urls"
ASGI_APPLICATION = "shop.asgi.application"
INSTALLED_APPS = ["channels", "rest_framework", "shop"]
DATABASES = {}  # the shop's goods are in a dictionary
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}

CACHES = redis_env.caches()
DJANGO_REDIS_CONNECTION_FACTORY = redis_env.connection_factory()
CHANNEL_LAYERS = redis_env.channel_layers()

globals().update(redis_env.celery())
CELERY_TASK_ROUTES = {"goshop.*": {"queue": "go"}}  # what Go runs
CELERY_TASK_TRACK_STARTED = True
CELERY_BEAT_SCHEDULE = {
    "restock": {"task": "goshop.restock", "schedule": 0.5, "args": ["celery-beat"]},
}
