package celery

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Open returns an app with the settings that the environment holds, and a
// function that closes its connections. It reads, by the names that Celery's
// settings have in Django, what `mage env` prints and more:
//
//	CELERY_BROKER_URL                 redis://…, rediss://… or sentinel://…;sentinel://…; required unless eager
//	CELERY_RESULT_BACKEND             likewise; the broker's URL if unset, disabled:// to keep no results
//	CELERY_BROKER_TRANSPORT_OPTIONS   JSON: master_name and sentinel_kwargs (password, ssl) for sentinels,
//	                                  and the next two, whose own variables come first
//	CELERY_BROKER_GLOBAL_KEYPREFIX    put before every key of the broker
//	CELERY_BROKER_VISIBILITY_TIMEOUT  seconds, or a duration as 90m; one hour
//	CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS  JSON: global_keyprefix of results; master_name and
//	                                  sentinel_kwargs if they are not the broker's
//	CELERY_RESULT_EXPIRES             seconds, or a duration; one day, and 0 for good
//	CELERY_RESULT_EXTENDED            keep name, arguments and worker with a result
//	CELERY_TASK_DEFAULT_QUEUE         celery
//	CELERY_TASK_ACKS_LATE, CELERY_TASK_IGNORE_RESULT, CELERY_TASK_TRACK_STARTED, CELERY_TASK_SEND_SENT_EVENT
//	CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT  seconds, or a duration; none
//	CELERY_TASK_ALWAYS_EAGER          run tasks in Send, in this process
//	CELERY_TASK_EAGER_PROPAGATES      and return their errors from it
//
// A URL may have the options ssl_cert_reqs (required, optional or none),
// ssl_ca_certs, ssl_certfile and ssl_keyfile, as Celery's.
//
// lookup is os.LookupEnv or a stand-in; change, which may be nil, has the last
// word on the settings. The error lists every value that is not allowed and
// holds no URL, for that may hold a password.
func Open(lookup func(string) (string, bool), change func(*Settings)) (app *App, closeApp func() error, err error) {
	env := &environment{lookup: lookup}
	set := Settings{DefaultQueue: env.text("CELERY_TASK_DEFAULT_QUEUE"), AcksLate: env.flag("CELERY_TASK_ACKS_LATE"),
		IgnoreResult: env.flag("CELERY_TASK_IGNORE_RESULT"), TrackStarted: env.flag("CELERY_TASK_TRACK_STARTED"),
		SentEvents: env.flag("CELERY_TASK_SEND_SENT_EVENT"), Extended: env.flag("CELERY_RESULT_EXTENDED"),
		AlwaysEager: env.flag("CELERY_TASK_ALWAYS_EAGER"), EagerPropagates: env.flag("CELERY_TASK_EAGER_PROPAGATES")}
	set.SoftLimit, _ = env.duration("CELERY_TASK_SOFT_TIME_LIMIT")
	set.HardLimit, _ = env.duration("CELERY_TASK_TIME_LIMIT")
	expires, given := env.duration("CELERY_RESULT_EXPIRES")
	if given && expires == 0 {
		expires = -1
	}
	brokers := env.transport("CELERY_BROKER_TRANSPORT_OPTIONS")
	results := env.transport("CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS")
	results.inherit(brokers)
	visibility, given := env.duration("CELERY_BROKER_VISIBILITY_TIMEOUT")
	if !given {
		visibility = time.Duration(brokers.Visibility * float64(time.Second))
	}
	var clients []*redis.Client
	closeApp = func() error {
		var problems []error
		for _, c := range clients {
			problems = append(problems, c.Close())
		}
		return errors.Join(problems...)
	}
	connect := func(name string, t transport) *redis.Client {
		dial := env.server(name, t)
		if dial == nil || set.AlwaysEager {
			return nil
		}
		c := dial()
		clients = append(clients, c)
		return c
	}
	backend := "CELERY_RESULT_BACKEND"
	if env.text(backend) == "" {
		backend = "CELERY_BROKER_URL"
	}
	if c := connect("CELERY_BROKER_URL", brokers); c != nil {
		t, err := kombu.New(c, kombu.Options{Prefix: firstOf(env.text("CELERY_BROKER_GLOBAL_KEYPREFIX"), brokers.Prefix), VisibilityTimeout: visibility})
		if err != nil {
			env.problems = append(env.problems, err)
		}
		set.Broker = t
	} else if !set.AlwaysEager && env.text("CELERY_BROKER_URL") == "" {
		env.problems = append(env.problems, errors.New("CELERY_BROKER_URL is not set: set it, as redis://127.0.0.1:6379/0, or CELERY_TASK_ALWAYS_EAGER=1"))
	}
	if len(env.problems) == 0 || backend != "CELERY_BROKER_URL" { // whose problems are told already
		if c := connect(backend, results); c != nil {
			set.Results = result.NewRedis(c, result.Options{Prefix: results.Prefix, Expires: expires})
		}
	}
	if len(env.problems) == 0 {
		if change != nil {
			change(&set)
		}
		if app, err = New(set); err == nil {
			return app, closeApp, nil
		}
		env.problems = append(env.problems, err)
	}
	return nil, nil, fmt.Errorf("open celery app: %w", errors.Join(append(env.problems, closeApp())...))
}

// environment reads variables and collects what is wrong with them.
type environment struct {
	lookup   func(string) (string, bool)
	problems []error
}

func (e *environment) text(name string) string {
	s, _ := e.lookup(name)
	return s
}

func (e *environment) flag(name string) bool {
	s := e.text(name)
	if s == "" {
		return false
	}
	on, err := strconv.ParseBool(s)
	if err != nil {
		e.problems = append(e.problems, fmt.Errorf("%s is %q: want true or false", name, s))
	}
	return on
}

func (e *environment) duration(name string) (d time.Duration, given bool) {
	s := e.text(name)
	if s == "" {
		return 0, false
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 && n < 1e9 {
		return time.Duration(n * float64(time.Second)), true
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		e.problems = append(e.problems, fmt.Errorf("%s is %q: want seconds, or a duration as 90m", name, s))
	}
	return d, true
}
