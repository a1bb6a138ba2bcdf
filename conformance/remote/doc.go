// Package remote makes a program in any language a subject of the suites: a
// child process that answers questions on its standard input and output.
//
// PROTOCOL.md beside this file says how such an adapter speaks, and
// python/dict_cache.py is a sample of one. adaptertest judges the adapter
// itself; what is behind it is a [Cache], a [Broker], [Results],
// [Tasks] or a [Layer], which the families judge like any other:
//
//	p, err := remote.Start(ctx, "./adapter")
//	…
//	cache, err := p.Open(ctx, remote.Entry{"LOCATION": "redis://127.0.0.1:6379/0"})
//
// What an adapter says against the protocol (an answer that nobody asked for,
// a line that is no JSON, an error of no known kind) ends it with an error that
// wraps [ErrProtocol] and shows the line; Close returns it.
package remote
