// Package layertest holds the requirements on a channel layer in the manner
// of Django Channels.
//
//	func TestOurLayer(t *testing.T) {
//		layertest.Test(t, layertest.Subject{Name: "ours", New: func(tb conformance.TB) layertest.Layer { … }})
//	}
//
// A layer tells its own limits, which should be small: the checks fill
// channels up to their capacity. Its time is that of the clock it is equipped
// with.
package layertest
