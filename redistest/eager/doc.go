// Package eager is an in-process Celery for a test: no server, no other
// process, and time that moves when told to.
//
//	func TestSignup(t *testing.T) {
//		app := eager.Start(t)
//		app.Handle("mail.send", sendMail)
//		signup(app.App, "ann@example.org") // code under test, which sends tasks
//		app.AssertSent(t, "mail.send", "ann@example.org")
//	}
//
// It is honest where Celery's task_always_eager is not: every task, callback
// and chord body, every result and error passes through the message format
// and JSON; countdowns, expiry and retries go by the clock; unknown tasks and
// queues fail; and deliveries can be doubled and acknowledgements lost, from a
// seed. [Deferred] runs tasks only when the test says so, so that what runs
// before a commit is found out.
//
// [Inspect] looks into the queues of a real Redis instead, whoever filled them.
package eager
