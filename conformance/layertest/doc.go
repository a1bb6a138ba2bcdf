// Package layertest holds the requirements on a channel layer in the manner
// of Django Channels.
//
//	func TestConformance(t *testing.T) {
//		layertest.Test(t, layertest.Subject{
//			Name: "mylayer",
//			New: func(tb conformance.TB) layertest.Layer {
//				srv := redistest.Start(tb)
//				tb.Equip(served.Equipment(srv)) // its clock, faults and trace
//				return newAdapter(tb, srv.Options())
//			},
//			Claims: []conformance.Capability{layertest.Queues, layertest.Bounded, layertest.Expires},
//		})
//	}
//
// A layer tells its own limits, which should be small: the checks fill
// channels up to their capacity. Its time is that of the clock it is equipped
// with; one that lives in the process takes the time from a
// [conformance.Manual] that its subject is equipped with.
package layertest
