"""A browser's socket, which hears what Go and Django say of orders."""
from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Orders(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("orders", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("orders", self.channel_name)

    async def order_paid(self, event):
        await self.send_json({"paid": event["id"], "by": event["by"]})
