package remote

import (
	_ "embed"

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

//go:embed python/dict_cache.py
var sample string

// Sample is the sample adapter, python/dict_cache.py, as a subject of
// adaptertest. It runs with a Python such as "python3", of which it needs the
// standard library alone.
func Sample(python string) adaptertest.Subject {
	return Adapter("dict_cache.py", python, "-c", sample)
}
