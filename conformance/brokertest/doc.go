// Package brokertest judges a message broker by the numbered requirements of
// Celery's Redis transport, kombu, and by those that kombu should keep and
// does not.
//
//	func TestConformance(t *testing.T) {
//		brokertest.Test(t, brokertest.Subject{
//			Name: "mybroker",
//			New: func(tb conformance.TB) brokertest.Broker {
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
// The port [Broker] has three methods and its [Consumer] five; everything else
// is an optional interface that is found by assertion, and a requirement that
// needs one an implementation lacks is skipped. Only plain types cross the
// port, so an implementation may live in another language or process.
//
// Do not use it to measure speed, nor on a server that holds data: instances
// are expected to be fresh and empty.
package brokertest
