// Package cachetest judges a cache by the numbered requirements of Django's
// cache framework and of django-redis.
//
//	func TestConformance(t *testing.T) {
//		cachetest.Test(t, cachetest.Subject{
//			Name: "mycache",
//			New: func(tb conformance.TB) cachetest.Cache {
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
// The port [Cache] has three methods; everything else is an optional interface
// that is found by assertion, and a requirement that needs one an
// implementation lacks is skipped. Only plain types cross the port, so an
// implementation may live in another language or process.
//
// Do not use it to measure speed, nor on a store that holds data: instances
// are expected to be fresh and empty, and some checks clear them.
package cachetest
