// Package monitor serves a page on this machine that shows how the servers of
// a local environment are, as they change, and has its backup and reset at
// hand. Everything it needs is in the program: no build, no network.
//
// # What it costs the servers
//
// At most five commands a second each, those that set up a connection among
// them: a PING and an INFO every second for the figures, and three for all
// that takes turns, from the lengths of Celery's queues to the keys of the
// caches. See limiter.
//
// # Who may see it
//
// The page is served on loopback, to requests for this machine by name
// (against DNS rebinding), and to a browser that has shown the token of the
// printed URL once: it gets a cookie and is sent on, so that the token is gone
// from the address. What changes something takes a POST from the page itself.
// The page runs no script but its own file, and shows no secret: URLs without
// passwords, slow commands without values.
package monitor
