"""HTTP and WebSockets: daphne shop.asgi:application"""
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  after Django is set up
from django.urls import path  # noqa: E402

from .consumers import Orders  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws/orders/", Orders.as_asgi())])})
