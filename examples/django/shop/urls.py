from django.urls import path

from . import views

urlpatterns = [
    path("api/goods/", views.Goods.as_view()),
    path("api/orders/", views.Orders.as_view()),
    path("api/refunds/", views.Refund.as_view()),
    path("api/tasks/<str:id>/", views.Task.as_view()),
]
