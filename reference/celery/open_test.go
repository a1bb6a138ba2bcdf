package celery_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/result"
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

func TestOpenKeepsResultsWhereTheBrokerIs(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	for backend, kept := range map[string]bool{"": true, "disabled://": false} {
		app, closeApp, err := celery.Open(from(map[string]string{"CELERY_BROKER_URL": srv.URL(), "CELERY_RESULT_BACKEND": backend,
			"CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS": `{"global_keyprefix": "r"}`, "CELERY_BROKER_TRANSPORT_OPTIONS": `{"global_keyprefix": "b:"}`}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := app.Results() != nil; got != kept {
			t.Errorf("CELERY_RESULT_BACKEND=%s: results are kept: %t, want %t", backend, got, kept)
		}
		if _, err := app.Send(t.Context(), "x", nil); err != nil {
			t.Fatal(err)
		}
		if kept {
			if err := app.Results().Store(t.Context(), &result.Document{TaskID: "id", Status: result.Success}); err != nil {
				t.Fatal(err)
			}
		}
		if err := closeApp(); err != nil {
			t.Error(err)
		}
	}
	if n := srv.Client().Exists(t.Context(), "b:celery", "r_celery-task-meta-id").Val(); n != 2 {
		t.Errorf("of the queue and the result with their prefixes %d are there, want both", n)
	}
}

func TestOpenFindsTheMasterOfSentinels(t *testing.T) {
	t.Parallel()
	set := redistest.Sentinel(t, 1)
	addrs := set.Addrs()
	app, closeApp, err := celery.Open(from(map[string]string{"CELERY_BROKER_URL": "sentinel://" + strings.Join(addrs, ";sentinel://") + "/0",
		"CELERY_BROKER_TRANSPORT_OPTIONS": `{"master_name": "` + set.Options().MasterName + `", "fanout_prefix": "/0.", "visibility_timeout": 60}`}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Send(t.Context(), "x", nil); err != nil {
		t.Error(err)
	}
	if n := set.Client().LLen(t.Context(), "celery").Val(); n != 1 {
		t.Errorf("the master's queue holds %d messages, want 1", n)
	}
	if err := closeApp(); err != nil {
		t.Error(err)
	}
}

// TestOpenConnectsOverTLS sends and keeps a result where servers, and what
// leads to them, let in only who shows a certificate.
func TestOpenConnectsOverTLS(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.Native(), redistest.MutualTLS())
	set := redistest.Sentinel(t, 1, redistest.MutualTLS())
	for name, c := range map[string]struct {
		certs   *redistest.Certificates
		url     string
		options string // with %s for the files
	}{
		"one server": {srv.Certificates(), srv.URL() + "?", ""},
		"sentinels": {
			set.Certificates(), "sentinel://" + strings.Join(set.Addrs(), ";sentinel://") + "/0?",
			`{"master_name": "` + set.Options().MasterName + `", "sentinel_kwargs": {"ssl": true, %s}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := c.certs.Write(dir); err != nil {
				t.Fatal(err)
			}
			query, kwargs := url.Values{}, []string{}
			for option, file := range map[string]string{"ssl_ca_certs": "ca.crt", "ssl_certfile": "client.crt", "ssl_keyfile": "client.key"} {
				path := filepath.Join(dir, file)
				query.Set(option, path)
				kwargs = append(kwargs, fmt.Sprintf("%q: %q", option, path))
			}
			vars := map[string]string{"CELERY_BROKER_URL": c.url + query.Encode(), "CELERY_RESULT_BACKEND": c.url + query.Encode()}
			if c.options != "" {
				vars["CELERY_BROKER_TRANSPORT_OPTIONS"] = fmt.Sprintf(c.options, strings.Join(kwargs, ", "))
			}
			app, closeApp, err := celery.Open(from(vars), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := app.Send(t.Context(), "x", nil); err != nil {
				t.Errorf("Send over TLS: %v", err)
			}
			if err := app.Results().Store(t.Context(), &result.Document{TaskID: "id", Status: result.Success}); err != nil {
				t.Errorf("Store over TLS: %v", err)
			}
			if err := closeApp(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOpenReachesResultsAsTheBroker reads an option that cannot be heeded, which
// tells where it was taken from.
func TestOpenReachesResultsAsTheBroker(t *testing.T) {
	t.Parallel()
	const bad, good = `{"master_name": "m", "sentinel_kwargs": {"ssl": true, "ssl_ca_certs": "/nowhere.pem"}}`, `{"master_name": "m", "sentinel_kwargs": {}}`
	for own, want := range map[string]int{"": 2, `{"global_keyprefix": "r"}`: 2, good: 1} {
		_, _, err := celery.Open(from(map[string]string{"CELERY_BROKER_URL": "sentinel://h", "CELERY_BROKER_TRANSPORT_OPTIONS": bad,
			"CELERY_RESULT_BACKEND": "sentinel://h", "CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS": own}), nil)
		if err == nil || strings.Count(err.Error(), "/nowhere.pem") != want {
			t.Errorf("CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS=%s: %v, want %d errors on /nowhere.pem", own, err, want)
		}
	}
}

func TestOpenSettles(t *testing.T) {
	t.Parallel()
	var got celery.Settings
	_, closeApp, err := celery.Open(from(map[string]string{"CELERY_TASK_ALWAYS_EAGER": "1", "CELERY_TASK_TIME_LIMIT": "30", "CELERY_TASK_SOFT_TIME_LIMIT": "20s",
		"CELERY_TASK_SEND_SENT_EVENT": "True", "CELERY_RESULT_EXTENDED": "true"}), func(s *celery.Settings) { got = *s })
	if err != nil {
		t.Fatal(err)
	}
	if got.HardLimit != 30*time.Second || got.SoftLimit != 20*time.Second || !got.SentEvents || !got.Extended {
		t.Errorf("settings = %+v, want limits of 30s and 20s, sent events and extended results", got)
	}
	if err := closeApp(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesWhatLeadsNowhere(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"sentinel://:hunter2@h;sentinel://h2":                  "the sentinels need the name of a master",
		"sentinel://:hunter2@h:x?master_name=m":                "cannot be read",
		"rediss://:hunter2@h/0?ssl_ca_certs=/nowhere.pem":      "ssl_ca_certs: open /nowhere.pem",
		"rediss://:hunter2@h/0?ssl_certfile=/nowhere.pem":      "ssl_certfile and ssl_keyfile: open /nowhere.pem",
		"rediss://:hunter2@h/0?ssl_cert_reqs=perhaps":          "ssl_cert_reqs=perhaps: want required, optional or none",
		"sentinel://h?master_name=m&ssl_ca_certs=/nowhere.pem": "ssl_ca_certs: open /nowhere.pem",
		"cluster://:hunter2@h":                                 "cannot be read: want redis://",
	} {
		_, _, err := celery.Open(from(map[string]string{"CELERY_BROKER_URL": address}), nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("CELERY_BROKER_URL=%s: %v, want an error that says %q", address, err, want)
		}
	}
	_, _, err := celery.Open(from(map[string]string{"CELERY_TASK_ALWAYS_EAGER": "1", "CELERY_BROKER_TRANSPORT_OPTIONS": "mymaster"}), nil)
	if err == nil || !strings.Contains(err.Error(), "CELERY_BROKER_TRANSPORT_OPTIONS cannot be read: want a JSON object") {
		t.Errorf("transport options that are no JSON: %v", err)
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
