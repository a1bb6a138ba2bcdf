package remote

import (
	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/adaptertest"
)

// Adapter is a program as a subject of adaptertest: it is run anew for each
// requirement.
func Adapter(name string, command ...string) adaptertest.Subject {
	return adaptertest.Subject{Name: name, New: func(tb conformance.TB) adaptertest.Adapter {
		p, err := Run(command[0], command[1:]...)
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() { _ = p.Close() }) // how it ends is judged by a requirement of its own
		return p
	}}
}
