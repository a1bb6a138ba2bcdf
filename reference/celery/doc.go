// Package celery sends and runs Celery tasks from Go. Producers, workers,
// inspect and Flower written in Python work with it over the same Redis, each
// side unchanged: messages are those of protocol 2 in kombu's layout (package
// kombu), results those of Celery's Redis backend (package result).
//
//	transport, err := kombu.New(client, kombu.Options{}) // a go-redis client
//	app, err := celery.New(celery.Settings{Broker: transport, Results: result.NewRedis(client, result.Options{})})
//	err = app.Handle("mail.send", celery.F1(func(ctx context.Context, to string) (int, error) { … }))
//	res, err := app.Send(ctx, "mail.send", celery.Args("ann@example.org"), celery.Countdown(time.Minute))
//	value, err := res.Get(ctx)
//
// [Open] takes all of that from the environment. A [Worker] runs the tasks of some queues, a [Beat] sends tasks on schedule,
// and an app with [Settings.AlwaysEager] runs them in Send, for tests.
//
// It is at-least-once: a task may run again after a crash, and what it sends
// may be sent again. Without AcksLate a task is acknowledged before it runs,
// as in Celery, and a crash while it runs loses it.
package celery
