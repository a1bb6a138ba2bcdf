package celery_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
)

func from(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func TestOpenTakesEagerFromTheEnvironment(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, propagates := range []string{"", "False", "True"} {
		app, closeApp, err := celery.Open(from(map[string]string{"CELERY_TASK_ALWAYS_EAGER": "True", "CELERY_TASK_EAGER_PROPAGATES": propagates}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Handle("add", celery.F2(func(_ context.Context, x, y int) (int, error) { return x + y, nil })); err != nil {
			t.Fatal(err)
		}
		if err := app.Handle("boom", celery.F0(func(context.Context) (any, error) { return nil, boom })); err != nil {
			t.Fatal(err)
		}
		r, err := app.Send(t.Context(), "add", celery.Args(2, 3))
		if err != nil {
			t.Fatal(err)
		}
		if v, err := r.Get(t.Context()); err != nil || v != int64(5) {
			t.Errorf("Get() = %v, %v, want 5", v, err)
		}
		if _, err := app.Send(t.Context(), "boom", nil); errors.Is(err, boom) != (propagates == "True") {
			t.Errorf("CELERY_TASK_EAGER_PROPAGATES=%s: Send() = %v", propagates, err)
		}
		if err := closeApp(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenConnects(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	app, closeApp, err := celery.Open(from(map[string]string{"CELERY_BROKER_URL": srv.URL(), "CELERY_RESULT_BACKEND": srv.URL() + "?ssl_cert_reqs=CERT_NONE",
		"CELERY_BROKER_GLOBAL_KEYPREFIX": "p:", "CELERY_RESULT_EXPIRES": "90m"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Send(t.Context(), "x", nil); err != nil {
		t.Fatal(err)
	}
	if n := srv.Client().LLen(t.Context(), "p:celery").Val(); n != 1 {
		t.Errorf("p:celery holds %d messages, want 1", n)
	}
	if err := closeApp(); err != nil {
		t.Error(err)
	}
}

func TestOpenListsEveryProblem(t *testing.T) {
	t.Parallel()
	_, _, err := celery.Open(from(map[string]string{"CELERY_RESULT_BACKEND": "db+sqlite://user:hunter2@x", "CELERY_TASK_ACKS_LATE": "maybe", "CELERY_RESULT_EXPIRES": "-1"}), nil)
	if err == nil {
		t.Fatal("Open() with bad values succeeds")
	}
	for _, want := range []string{"CELERY_BROKER_URL is not set", "CELERY_RESULT_BACKEND cannot be read", `CELERY_TASK_ACKS_LATE is "maybe"`, `CELERY_RESULT_EXPIRES is "-1"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error holds a password: %v", err)
	}
}
