package layertest

import "github.com/redkit-dev/redkit/conformance"

// Capabilities that are methods of the port, found by assertion.
const (
	opening   = capability("layer.open")
	serving   = capability("layer.server")
	releasing = capability("layer.close-channel")
)

// Capabilities that are behaviours, claimed by a subject.
const (
	// Queues: a general channel is a queue. It keeps what it is sent until
	// somebody receives it, and gives it to one receiver.
	Queues = capability("layer.queues")
	// Broadcasts: what is sent to a general channel reaches every layer that
	// listens to it at that moment, and nobody else.
	Broadcasts = capability("layer.broadcasts")
	// Bounded: a channel that is full refuses messages.
	Bounded = capability("layer.capacity")
	// Expires: messages and memberships end with their time.
	Expires = capability("layer.expiry")
	// Locals: the names of NewChannel hold an exclamation mark, and nobody
	// else may receive from them.
	Locals = capability("layer.local")
	// AnyMember: every channel can be in a group, whose ever it is.
	AnyMember = capability("layer.members.any")
	// Prefixes: [Opener] heeds [Settings.Prefix].
	Prefixes = capability("layer.settings.prefix")
	// Encrypts: [Opener] heeds [Settings.Keys].
	Encrypts = capability("layer.settings.keys")
	// Serializes: [Opener] heeds [Settings.Serializer].
	Serializes = capability("layer.settings.serializer")
	// Shards: [Opener] heeds [Settings.Shards].
	Shards = capability("layer.settings.shards")
	// QuirkStale: what has expired is received if nothing has removed it.
	QuirkStale = capability("layer.quirk.stale")
	// QuirkTakesOver: a receiver takes over what is in the hands of another.
	QuirkTakesOver = capability("layer.quirk.takes-over")
	// QuirkReserved: a group message loses the reserved key.
	QuirkReserved = capability("layer.quirk.reserved-key")
	// QuirkFlush: a flush takes all keys that begin with the prefix.
	QuirkFlush = capability("layer.quirk.flush")
	// QuirkCancelEnds: a cancelled receiver ends its channel.
	QuirkCancelEnds = capability("layer.quirk.cancel-ends")
	// Keeps: no message is lost with the connection on which it is handed out.
	Keeps = capability("layer.handover")
)

func features() []feature {
	return []feature{
		method[Opener](opening, "opens other layers on the same servers"),
		method[Server](serving, "lets the servers below be looked at"),
		method[ChannelCloser](releasing, "gives channels up"),
		{Name: Queues, Says: "keeps what a general channel is sent until one receiver takes it"},
		{Name: Broadcasts, Says: "sends a general channel's messages to every layer that listens at that moment"},
		{Name: Bounded, Says: "refuses messages to a channel that is full"},
		{Name: Expires, Says: "ends messages and memberships when their time is over"},
		{Name: Locals, Says: "has names of its own, with an exclamation mark, that no other layer may receive from"},
		{Name: AnyMember, Says: "takes any channel into a group, whose ever it is"},
		{Name: Prefixes, Says: "opens them with prefixes of their own"},
		{Name: Encrypts, Says: "opens them with encryption keys"},
		{Name: Shards, Says: "opens them on several servers"},
		{Name: QuirkStale, Says: "delivers what has expired if nothing has removed it, as L core does"},
		{Name: QuirkTakesOver, Says: "takes over what is in the hands of another process, as L core does"},
		{Name: QuirkReserved, Says: "drops the reserved key of group messages, as L core does"},
		{Name: QuirkFlush, Says: "flushes all keys that begin with the prefix, as L core does"},
		{Name: QuirkCancelEnds, Says: "ends a channel when its receiver is cancelled, as L pubsub does"},
		{Name: Keeps, Says: "loses no message with the connection on which it is handed to a receiver that waits"},
		{Name: Serializes, Says: "opens them with JSON for MessagePack"},
	}
}

func method[I any](name capability, says string) feature {
	return feature{Name: name, Says: says, Has: conformance.Implements[I, Layer]}
}
