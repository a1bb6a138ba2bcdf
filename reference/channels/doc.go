// Package channels is a channel layer after Django's Channels: named channels
// and groups of them, by which processes send each other small messages that
// soon expire.
//
//	layer, err := channels.NewRedis([]*redis.Client{client}, channels.Options{})
//	…
//	name, err := layer.NewChannel(ctx, "")
//	err = layer.GroupAdd(ctx, "chat", name)
//	err = layer.GroupSend(ctx, "chat", channels.Message{"type": "chat.message", "text": "hello"})
//	msg, err := layer.Receive(ctx, name)
//
// There are three. [Memory] is for one process. [Redis] keeps messages in
// sorted sets, as channels_redis' RedisChannelLayer does, and [PubSub]
// publishes them, as its RedisPubSubChannelLayer does: each exchanges messages
// and groups with its Python original, but not with the other one. Do not use
// a channel layer for what must arrive: any of them drops messages that nobody
// fetches in time, and PubSub those that nobody waits for. A task queue, as in
// reference/celery, keeps them.
//
// A general channel ("jobs") is read by whoever asks; in Redis and Memory each
// message goes to one of them. A name with a ! is local to the layer whose
// NewChannel made it, and read there alone.
//
// Where channels_redis loses, doubles or misplaces messages, this package does
// not, without Python noticing: a message is sent by one script that trims,
// counts and adds, so that no queue exceeds its capacity; it is sent to the
// shard where its receiver reads; a receiver that is cancelled loses nothing.
//
// Encryption covers the body alone, for Python's sake: who can write to Redis
// can move a message to another channel for as long as it lives.
//
// Sources: channels_redis 4.0 to 4.3, core.py and pubsub.py; the channel layer
// specification of Channels 4.
package channels
