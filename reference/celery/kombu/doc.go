// Package kombu is a broker on Redis in the layout of kombu's Redis
// transport, so that Celery's producers, workers, inspect and Flower share it.
//
// It differs from kombu where kombu loses or doubles messages, without the
// others noticing: a message is claimed in one atomic step instead of two, a
// claim that ran out cannot acknowledge its successor, what cannot be decoded
// is kept on a dead-letter list with its reason, a message restored goes back
// to the very list it came from, and a publication whose reply was lost is
// not doubled. [Options.Parity] turns all of that off and speaks kombu's own
// commands.
//
// Keys, all below Options.Prefix and in one database:
//
//	celery, celery\x06\x163, …       queue lists, by priority step
//	_kombu.binding.<exchange>       set of bindings
//	unacked, unacked_index          claimed messages, and when they were claimed
//	unacked_mutex                   held by a sweep of kombu's
//	redkit.claims                   who claimed what, from which list
//	redkit.parked                   claims that wait for a time
//	redkit.counts                   deliveries of messages that came back, and how often work on them began
//	redkit.owners                   when each worker was last heard of
//	redkit.beat.leader, .ticks      who sends scheduled tasks, and what was sent
//	redkit.dead                     the dead-letter list
//	redkit.lane.<id>                the last publication of one sender, one hour
//	redkit.once.<name>              that something was published, one day
//
// An idle worker sends a BLMOVE of the first list onto itself, which takes
// nothing, and a claim behind it, so that the server claims in the moment a
// message comes (Redis 6.2; before, and where the login may not, it waits for
// CLIENT TRACKING and then claims).
//
// A script needs all of its keys in one slot: on a Redis Cluster give
// [Options.Prefix] a hash tag, as "{celery}:", and Celery's global_keyprefix
// the same; without one the cluster refuses. There, and on a ring, waiting for
// messages polls. A failover client follows its Sentinels.
package kombu
