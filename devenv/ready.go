package devenv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"golang.org/x/sync/errgroup"
)

// info holds the fields of INFO.
type info map[string]string

func parseInfo(text string) info {
	fields := info{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[key] = value
		}
	}
	return fields
}

// errStranger means that another server answers where ours should.
var errStranger = errors.New("another server answers there")

// errGone means that the server ended before it answered.
var errGone = errors.New("the server has ended")

// errBoots means that the server has not been asked yet.
var errBoots = errors.New("the server still boots")

// local opens a client for one server of this machine. It never retries: the
// caller decides what an error means.
func (e *Env) local(i Instance) func() (redis.UniversalClient, error) {
	return func() (redis.UniversalClient, error) { return e.localDB(i, 0) }
}

func (e *Env) localDB(i Instance, db int) (redis.UniversalClient, error) {
	if e.set.ServerTLS {
		return guardedClient(i, db)
	}
	return localClient(i.Addr(), e.set.Password, db), nil
}

func localClient(addr string, password Secret, db int) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: addr, DB: db, Password: password.Reveal(), Protocol: 2,
		PoolSize: 1, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
		DialTimeout: time.Second, ReadTimeout: 2 * time.Second, WriteTimeout: 2 * time.Second,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// ask sends PING, which a server that is still loading its data refuses, and
// INFO. It returns how long PING took.
func ask(ctx context.Context, c redis.UniversalClient) (info, time.Duration, error) {
	begin := time.Now()
	if err := c.Ping(ctx).Err(); err != nil {
		return nil, 0, err
	}
	ping := time.Since(begin)
	text, err := c.Info(ctx).Result()
	if err != nil {
		return nil, ping, fmt.Errorf("INFO: %w", err)
	}
	return parseInfo(text), ping, nil
}

// An awaited server is ready when it answers PING and is the one we started.
type awaited struct {
	instance Instance
	server   server
	// open makes the client to ask with; the caller closes it.
	open  func() (redis.UniversalClient, error)
	knock bool // try a bare connection first, at the instance's Addr
	// boots tells, for next to nothing, that it is too early to ask; nil: it never is.
	boots func(since time.Duration) bool
	// died tells why the server cannot become ready any more; nil while it can.
	died func(context.Context) error
	look time.Duration // how often died is asked
	// ours is errStranger when another server answers.
	ours  func(context.Context, info) error // errStranger when another server answers
	ready func(info, time.Duration) error   // called once, when it is ready
}

// perAnswer bounds one question to a server that is waited for: one that takes
// a connection and never answers may be asked the wrong way, as by TLS.
const perAnswer = 3 * time.Second

// awaitReady waits for all servers at once. A reply that will not change by
// waiting (a wrong password, a stranger) ends it at once.
func (e *Env) awaitReady(ctx context.Context, servers []awaited) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range servers {
		group.Go(func() error { return e.awaitOne(ctx, s) })
	}
	return group.Wait()
}

func (e *Env) awaitOne(ctx context.Context, s awaited) error {
	client, err := s.open()
	if err != nil {
		return err
	}
	defer client.Close()
	// A server that boots opens its port late; until then a connection is
	// refused at once, so asking often costs little and saves most.
	const often, seldom = 300 * time.Microsecond, 20 * time.Millisecond
	begun := time.Now()
	asked, told := begun, begun.Add(-loadingNews)
	var far *loadingError
	for {
		err := errBoots
		if s.boots == nil || !s.boots(time.Since(begun)) {
			var fields info
			var ping time.Duration
			if fields, ping, err = e.askOnce(ctx, client, s); err == nil {
				return s.ready(fields, ping)
			}
		}
		if final := e.classify(s.instance, err); final != nil {
			return final
		}
		if loads(err) {
			if now := askLoading(ctx, client, err); far == nil || ctx.Err() == nil { // a question that was cut off tells nothing
				far = now
			}
			if err = far; time.Since(told) >= loadingNews && ctx.Err() == nil {
				told = time.Now()
				e.note("  %-6s loads its data: %s", s.instance.Name, far.far)
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", s.instance.Name, err)
		}
		// A pid is looked up in microseconds; a container takes a request.
		if now := time.Now(); now.Sub(asked) > s.look && !loads(err) {
			asked = now
			if dead := s.died(ctx); dead != nil && ctx.Err() == nil {
				return dead
			}
		}
		if pause(ctx, min(max(often, time.Since(begun)/50), seldom)) != nil {
			return fmt.Errorf("%s: %w", s.instance.Name, err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (e *Env) askOnce(ctx context.Context, client redis.UniversalClient, s awaited) (info, time.Duration, error) {
	if s.knock {
		// go-redis takes its time over a refused connection, and complains
		// about it; the kernel does neither.
		conn, err := net.DialTimeout("tcp", s.instance.Addr(), time.Second)
		if err != nil {
			return nil, 0, err
		}
		conn.Close()
	}
	limited, cancel := context.WithTimeout(ctx, perAnswer)
	defer cancel()
	fields, ping, err := ask(limited, client)
	if err != nil {
		return nil, 0, err
	}
	return fields, ping, s.ours(ctx, fields)
}
