// Package tasktest judges what an app and its worker do with a task, by the
// numbered requirements of Celery's protocol and canvas, and of an eager mode
// that hides nothing.
//
//	func TestConformance(t *testing.T) {
//		tasktest.Test(t, tasktest.Subject{
//			Name: "myqueue",
//			New:  func(tb conformance.TB) tasktest.App { return newAdapter(tb) },
//		})
//	}
//
// The port [App] defines tasks by what they do, an [Act] of plain data, so that
// an implementation may live in another language or process. Nothing waits in
// real time: Work runs what is ready, and the clock moves by Advance.
package tasktest
