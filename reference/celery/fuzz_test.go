package celery_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// malformed holds what stops a Celery worker, is lost by it or makes it fail
// for ever, and beside it the least that runs.
func malformed() [][]byte {
	const frame = `{"body": %q, "content-encoding": "utf-8", "content-type": "application/json", "headers": %s, "properties": %s}`
	const properties = `{"delivery_tag": "t", "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}`
	const headers = `{"task": "echo", "id": "i"}`
	body := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	good := body(`[[1], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`)
	with := func(headers string) string { return fmt.Sprintf(frame, good, headers, properties) }
	texts := []string{"not JSON", "{}", "[1]", "", "\x00\xff", strings.Repeat("[", 5000),
		fmt.Sprintf(frame, good, headers, strings.Replace(properties, `"delivery_tag": "t", `, ``, 1)),
		fmt.Sprintf(frame, good, headers, strings.Replace(properties, `"exchange": "", `, ``, 1)),
		fmt.Sprintf(frame, good, headers, "null"),
		fmt.Sprintf(frame, "!!!", headers, properties),
		fmt.Sprintf(frame, body(`[[1], {}]`), headers, properties),
		fmt.Sprintf(frame, body(`[1, 2`), headers, properties),
		fmt.Sprintf(frame, body("\xff"), headers, properties),
		with(`{"task": "nobody", "id": "i"}`), with(`{}`), with(`null`), with(`{"task": 1, "id": "i"}`),
		with(`{"task": "echo", "id": "i", "eta": "soon"}`), with(`{"task": "echo", "id": "i", "expires": "2020-01-01T00:00:00"}`),
		with(`{"task": "echo", "id": "i", "eta": "2999-01-01T00:00:00+00:00"}`), with(`{"task": "echo", "id": "i", "retries": 1e400}`),
		with(`{"task": "echo", "id": "i", "compression": "application/x-gzip"}`), with(`{"task": "echo", "id": "i", "timelimit": [1e-9, 1e300]}`),
		strings.Replace(with(headers), "application/json", "application/x-python-serialize", 1),
		fmt.Sprintf(frame, body(`[[1], {}, {"callbacks": [{"task": "nobody"}], "chain": [1, {"task": 2}], "chord": {"task": "x"}}]`), headers, properties),
		fmt.Sprintf(frame, body(`{"task": "echo", "id": "v1", "args": [1], "kwargs": {}}`), `{}`, properties),
		with(headers)}
	all := make([][]byte, len(texts))
	for i, text := range texts {
		all[i] = []byte(text)
	}
	return all
}

// FuzzWorker puts anything at all on a queue. The worker goes on, and the
// message is run, set aside for later, revoked because it expired, or on the
// dead-letter list as it was, with the reason.
func FuzzWorker(f *testing.F) {
	for _, raw := range malformed() {
		f.Add(raw)
	}
	srv := redistest.Start(f)
	r, ctx := srv.Client(), f.Context()
	transport, err := kombu.New(r, kombu.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	app, err := celery.New(celery.Settings{Broker: transport, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	next, ended := make(chan string, 100), atomic.Int64{}
	handle := func(name string, run celery.Handler) {
		if err := app.Handle(name, run); err != nil {
			f.Fatal(err)
		}
	}
	handle("echo", func(_ context.Context, t *celery.Task) (any, error) { return t.Args, nil })
	handle("after", func(_ context.Context, t *celery.Task) (any, error) { next <- t.ID; return nil, nil })
	w := app.NewWorker(celery.WorkerOptions{Concurrency: 1, Quiet: true})
	w.OnFinished(func(*celery.Task, result.State, error) { ended.Add(1) })
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(running) }() // ends with running; waited for below
	f.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			f.Errorf("Run() = %v", err)
		}
	})

	f.Fuzz(func(t *testing.T, raw []byte) {
		before := ended.Load()
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := r.LPush(ctx, "celery", raw).Err(); err != nil {
			t.Fatal(err)
		}
		after, err := app.Send(ctx, "after", nil)
		if err != nil {
			t.Fatal(err)
		}
		for id := ""; id != after.ID; { // what was fuzzed may be a task of this name
			select {
			case id = <-next:
			case <-ctx.Done():
				t.Fatal("the worker has stopped")
			}
		}
		// It may have sent others.
		for left := int64(1); left > 0; {
			if _, err := w.Idle(ctx); err != nil {
				t.Fatalf("%d messages stay in the broker: %v", left, err)
			}
			left = r.LLen(ctx, "celery").Val() + r.HLen(ctx, "unacked").Val() - r.ZCard(ctx, "redkit.parked").Val()
			if err := ctx.Err(); err != nil {
				t.Fatalf("%d messages stay in the broker: %v", left, err)
			}
		}
		dead, err := transport.Dead(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		kept := false
		for _, d := range dead {
			kept = kept || bytes.Equal(d.Raw, raw) && d.Reason != ""
		}
		parked := r.ZCard(ctx, "redkit.parked").Val()
		if !kept && parked == 0 && ended.Load() < before+2 {
			t.Errorf("the message is gone: it was not run, and the dead-letter list holds %v", dead)
		}
		if err := r.FlushDB(ctx).Err(); err != nil {
			t.Fatal(err)
		}
	})
}
