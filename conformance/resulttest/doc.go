// Package resulttest judges a result backend by the numbered requirements of
// Celery's on Redis.
//
//	func TestConformance(t *testing.T) {
//		resulttest.Test(t, resulttest.Subject{
//			Name: "mybackend",
//			New: func(tb conformance.TB) resulttest.Backend {
//				srv := redistest.Start(tb)
//				tb.Equip(conformance.Equipment{Clock: srv})
//				return adapter{mybackend.New(srv.Client())}
//			},
//		})
//	}
//
// The port [Backend] has two methods; everything else is an optional interface
// that is found by assertion, and a requirement that needs one an
// implementation lacks is skipped. Only plain types cross the port, so an
// implementation may live in another language or process.
//
// Checks of waiting decide most on a [conformance.Bubble] clock, where a wait
// that would never end is found out at once.
package resulttest
