package celery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/reference/celery"
)

// next is when a schedule is due after nine on a Monday.
func next(s celery.Schedule) string {
	return s.Next(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)).Format("Mon 15:04")
}

// Schedules are Celery's: an interval, or a crontab all of whose fields match.
func ExampleSchedule() {
	fmt.Println(next(celery.Every(90 * time.Minute)))
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	fmt.Println(celery.Every(time.Hour).Next(at).Sub(at), (&celery.Crontab{}).Next(at).Sub(at))
	fridays, err := celery.NewCrontab("30 7 * * fri", time.UTC)
	fmt.Println(next(fridays), err)
	bad := &celery.Crontab{Minute: "61", Hour: "noon"}
	fmt.Println(bad.Validate())
	// Output:
	// Mon 10:30
	// 1h0m0s 1m0s
	// Fri 07:30 <nil>
	// crontab minute "61": "61": want 0 to 59
	// crontab hour "noon": "noon": want 0 to 23
}

// Several beats may run with the same entries: each due time is sent once.
func ExampleBeat() {
	golden.InTest(func(t *testing.T) {
		app, tasks, now := inProcess(t)
		arithmetic(t, app)
		entry := celery.Entry{Name: "hourly", Schedule: celery.Every(time.Hour), Task: celery.Sig("log", "it is time")}
		var beats [2]*celery.Beat
		for i := range beats {
			var err error
			beats[i], err = app.NewBeat(entry)
			check(t, err)
		}
		for range 2 {
			for _, b := range beats {
				_, err := b.Tick(t.Context())
				check(t, err)
			}
			now.Advance(time.Hour)
		}
		_, err := beats[0].Tick(t.Context())
		check(t, err)
		fmt.Println(tasks.Drain(t.Context()))

		ctx, stop := context.WithCancel(t.Context())
		stop()
		fmt.Println(beats[0].Run(ctx)) // in a program: until ctx ends
	})
	// Output:
	// log: [it is time]
	// log: [it is time]
	// 2 <nil>
	// <nil>
}
