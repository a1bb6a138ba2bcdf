package celery

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Open returns an app with the settings that the environment holds, and a
// function that closes its connections. It reads, by the names that Celery's
// settings have in Django:
//
//	CELERY_BROKER_URL                 redis://… or rediss://…; required unless eager
//	CELERY_RESULT_BACKEND             likewise; results are not kept without it
//	CELERY_BROKER_GLOBAL_KEYPREFIX    put before every key of the broker
//	CELERY_BROKER_VISIBILITY_TIMEOUT  seconds, or a duration as 90m; one hour
//	CELERY_RESULT_EXPIRES             likewise; one day, and 0 for good
//	CELERY_TASK_DEFAULT_QUEUE         celery
//	CELERY_TASK_ACKS_LATE, CELERY_TASK_IGNORE_RESULT, CELERY_TASK_TRACK_STARTED
//	CELERY_TASK_ALWAYS_EAGER          run tasks in Send, in this process
//	CELERY_TASK_EAGER_PROPAGATES      and return their errors from it
//
// lookup is os.LookupEnv or a stand-in; change, which may be nil, has the last
// word on the settings. The error lists every value that is not allowed and
// holds no URL, for that may hold a password.
func Open(lookup func(string) (string, bool), change func(*Settings)) (app *App, closeApp func() error, err error) {
	env := &environment{lookup: lookup}
	set := Settings{DefaultQueue: env.text("CELERY_TASK_DEFAULT_QUEUE"), AcksLate: env.flag("CELERY_TASK_ACKS_LATE"),
		IgnoreResult: env.flag("CELERY_TASK_IGNORE_RESULT"), TrackStarted: env.flag("CELERY_TASK_TRACK_STARTED"),
		AlwaysEager: env.flag("CELERY_TASK_ALWAYS_EAGER"), EagerPropagates: env.flag("CELERY_TASK_EAGER_PROPAGATES")}
	visibility, _ := env.duration("CELERY_BROKER_VISIBILITY_TIMEOUT")
	expires, given := env.duration("CELERY_RESULT_EXPIRES")
	if given && expires == 0 {
		expires = -1
	}
	var clients []*redis.Client
	closeApp = func() error {
		var problems []error
		for _, c := range clients {
			problems = append(problems, c.Close())
		}
		return errors.Join(problems...)
	}
	connect := func(name string) *redis.Client {
		opt := env.url(name)
		if opt == nil || set.AlwaysEager {
			return nil
		}
		c := redis.NewClient(opt)
		clients = append(clients, c)
		return c
	}
	brokerClient, results := connect("CELERY_BROKER_URL"), connect("CELERY_RESULT_BACKEND")
	if brokerClient != nil {
		t, err := kombu.New(brokerClient, kombu.Options{Prefix: env.text("CELERY_BROKER_GLOBAL_KEYPREFIX"), VisibilityTimeout: visibility})
		if err != nil {
			env.problems = append(env.problems, err)
		}
		set.Broker = t
	} else if !set.AlwaysEager {
		env.problems = append(env.problems, errors.New("CELERY_BROKER_URL is not set: set it, as redis://127.0.0.1:6379/0, or CELERY_TASK_ALWAYS_EAGER=1"))
	}
	if results != nil {
		set.Results = result.NewRedis(results, result.Options{Expires: expires})
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

func (e *environment) url(name string) *redis.Options {
	s := e.text(name)
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil {
		e.problems = append(e.problems, fmt.Errorf("%s cannot be read: want redis://[user:password@]host:port/database, or rediss:// for TLS", name))
		return nil
	}
	// Celery's own options; go-redis refuses what it does not know.
	query := u.Query()
	verify := strings.ToLower(strings.TrimPrefix(query.Get("ssl_cert_reqs"), "CERT_"))
	query.Del("ssl_cert_reqs")
	u.RawQuery = query.Encode()
	opt, err := redis.ParseURL(u.String())
	if err != nil {
		e.problems = append(e.problems, fmt.Errorf("%s cannot be read: want redis://[user:password@]host:port/database, or rediss:// for TLS, with no option but ssl_cert_reqs", name))
		return nil
	}
	switch verify {
	case "", "required", "optional":
	case "none":
		if opt.TLSConfig != nil {
			opt.TLSConfig.InsecureSkipVerify = true
		}
	default:
		e.problems = append(e.problems, fmt.Errorf("%s has ssl_cert_reqs=%s: want required, optional or none", name, verify))
	}
	return opt
}
