// Package servertest holds the requirements that a Redis-compatible server
// must meet for Django's cache, django-redis, kombu, Celery and channels_redis
// to work on it.
//
//	func TestConformance(t *testing.T) {
//		servertest.Test(t, servertest.Subject{URL: "redis://127.0.0.1:6379/9"})
//	}
//
// The database must be empty: every requirement writes to it, and empties it
// again. What belongs to the whole server (its settings, its users, its memory
// limit) is touched only if the subject claims [Disposable].
//
// What a server cannot do is found by asking it, so a subject needs no claims
// but that one: an old server is not judged by commands it is too old for.
package servertest
