"""The API: two ways to cache a response, and permissions from the cache."""
from django.core.cache import caches
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from . import keys
from .tasks import app

GOODS = [{"id": 1, "name": "Tea", "price": "4.50"}, {"id": 2, "name": "Café crème", "price": "3.20"}]
ORDERS = [{"id": 7, "status": "open", "goods": [1, 2]}, {"id": 8, "status": "paid", "goods": [1]}]
computed = {"goods": 0, "orders": 0}  # how often a view did its work


@method_decorator(cache_page(60, cache="api_responses"), name="get")
class Goods(APIView):
    """Cached whole, by Django's decorator: status, headers and body."""

    def get(self, request):
        computed["goods"] += 1
        return Response({"goods": GOODS, "computed": computed["goods"]})


class Orders(APIView):
    """Cached as data, under a key that Go makes too."""

    def get(self, request):
        key = keys.response("orders.list", request)
        data = caches["api_responses"].get(key)
        if data is not None:
            return Response(data, headers={"X-Cache": "hit"})
        computed["orders"] += 1
        status = request.GET.get("status")
        data = {"orders": [o for o in ORDERS if status in (None, o["status"])], "computed": computed["orders"]}
        caches["api_responses"].set(key, data)
        return Response(data, headers={"X-Cache": "miss"})

    def post(self, request):
        """Go writes the invoice; the answer says where to ask for it."""
        result = app.send_task("goshop.invoice", [request.data["id"]], {"currency": "EUR"})
        return Response({"task": result.id}, status=202)


class MayRefund(BasePermission):
    def has_permission(self, request, view):
        granted = caches["permissions"].get(keys.permissions("user", request.headers.get("X-User", "")))
        return "orders.refund" in (granted or [])


class Refund(APIView):
    permission_classes = [MayRefund]

    def post(self, request):
        return Response({"refunded": request.data["id"]})


class Task(APIView):
    def get(self, request, id):
        result = app.AsyncResult(id)
        return Response({"state": result.state, "result": result.result if result.successful() else None})
