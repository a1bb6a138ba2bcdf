// Package resulttest judges a result backend by the numbered requirements of
// Celery's on Redis.
//
//	func TestConformance(t *testing.T) {
//		resulttest.Test(t, resulttest.Subject{
//			Name: "mybackend",
//			New: func(tb conformance.TB) resulttest.Backend {
//				srv := redistest.Start(tb)
//				tb.Equip(served.Equipment(srv)) // its clock, faults and trace
//				return newAdapter(tb, srv.Options())
//			},
//		})
//	}
//
// Without the equipment of conformance/served the rules on failures and round
// trips are unproven; give a [conformance.Clock] of your own to what has no
// server.
//
// The port [Backend] has two methods; everything else is an optional interface
// that is found by assertion, and a requirement that needs one an
// implementation lacks is skipped. Only plain types cross the port, so an
// implementation may live in another language or process.
//
// Checks of waiting decide most on a [conformance.Bubble] clock, where a wait
// that would never end is found out at once.
package resulttest
