package brokertest

import "github.com/redkit-dev/redkit/conformance"

// Capabilities that are methods of the port, found by assertion.
const (
	declaring  = capability("broker.exchanges")
	sweeping   = capability("broker.restore")
	extending  = capability("broker.extend")
	parking    = capability("broker.park")
	burying    = capability("broker.dead")
	exhuming   = capability("broker.exhume")
	purging    = capability("broker.purge")
	peeking    = capability("broker.peek")
	naming     = capability("broker.once")
	waiting    = capability("broker.wait")
	casting    = capability("broker.broadcast")
	injecting  = capability("broker.inject")
	opening    = capability("broker.open")
	surveying  = capability("broker.foreign")
	inspecting = capability("broker.server")
)

func features() []feature {
	return []feature{
		method[Oncer](naming, "takes a named publication once"),
		method[Sweeper](sweeping, "restores claims that ran out"),
		method[Opener](opening, "opens other connections to the same store"),
		method[Declarer](declaring, "has direct and topic exchanges"),
		method[Extender](extending, "prolongs claims"),
		method[Parker](parking, "puts messages aside until a time"),
		method[Undertaker](burying, "keeps what nobody can handle"),
		method[Exhumer](exhuming, "revives and drops what is dead"),
		method[Peeker](peeking, "shows ready messages"),
		method[Injector](injecting, "takes text that some other program wrote"),
		method[Waiter](waiting, "waits for messages"),
		method[Broadcaster](casting, "sends to everybody connected"),
		method[Server](inspecting, "lets the server below be looked at"),
		method[Purger](purging, "empties queues"),
		method[Surveyor](surveying, "finds messages of foreign priority steps"),
		{Name: Configurable, Says: "opens them with settings of their own"},
		{Name: QuirkTopics, Says: "matches topics as K's regular expressions do"},
		{Name: QuirkRequeueLast, Says: "puts a requeued message last, as K does"},
	}
}

func method[I any](name capability, says string) feature {
	return feature{Name: name, Says: says, Has: conformance.Implements[I, Broker]}
}

// Capabilities that are behaviours, claimed by a subject.
const (
	// Configurable says that [Opener] heeds its [Settings].
	Configurable = capability("broker.settings")

	// QuirkTopics: in topic bindings * matches several words, and # at least one.
	QuirkTopics = capability("broker.quirk.topics")
	// QuirkRequeueLast: a requeued message is the last to be handed out.
	QuirkRequeueLast = capability("broker.quirk.requeue-last")
)
