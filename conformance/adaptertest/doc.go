// Package adaptertest judges an adapter: a program, in any language, that
// answers the questions of the other families on its standard input and
// output. conformance/remote/PROTOCOL.md is what an adapter goes by; the
// requirements here are the same, one check each, so that an adapter's author
// sees a wrong id or a line too many named as such and not as a strange
// verdict on a cache.
//
//	pipe, err := remote.Run("./adapter")
//	…
//	adaptertest.Test(t, adaptertest.Subject{Name: "mine", New: func(tb conformance.TB) adaptertest.Adapter { … }})
//
// From the command line, with the family it serves:
//
//	go run github.com/redkit-dev/redkit/cmd/conform remote ./adapter
package adaptertest
