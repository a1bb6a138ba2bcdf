package subjects

import (
	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/served"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/redistest"
)

// Server is the server itself of the engine that opts choose. One that is
// exclusive is judged by what changes a whole server, too.
func Server(engine string, exclusive bool, opts ...redistest.Option) servertest.Subject {
	subject := servertest.Subject{Name: "server " + engine}
	if exclusive {
		opts = append(opts, redistest.Exclusive())
		subject.Claims = []conformance.Capability{servertest.Disposable, servertest.LimitsMemory}
	}
	subject.New = func(tb conformance.TB) servertest.Server {
		srv := redistest.Start(tb, opts...)
		if srv.Prefix() != "" {
			tb.Fatalf("the server has no free database but 0, which others may use: give one with more, or judge an empty one by servertest.Subject's URL")
		}
		tb.Equip(conformance.Equipment{Clock: served.Clock(srv)})
		s, err := servertest.Open(srv.URL())
		if err != nil {
			tb.Fatalf("open the server: %v", err)
		}
		return s
	}
	return subject
}
