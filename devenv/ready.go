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
	asked := begun
	for {
		err := errBoots
		if s.boots == nil || !s.boots(time.Since(begun)) {
			var fields info
			var ping time.Duration
			if fields, ping, err = e.askOnce(ctx, client, s); err == nil {
				return s.ready(fields, ping)
			}
		}
		if final := e.classify(s.instance.Name, s.instance.where(), err); final != nil {
			return final
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", s.instance.Name, err)
		}
		// A pid is looked up in microseconds; a container takes a request.
		if now := time.Now(); now.Sub(asked) > s.look {
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
	fields, ping, err := ask(ctx, client)
	if err != nil {
		return nil, 0, err
	}
	return fields, ping, s.ours(ctx, fields)
}

// classify turns a reply that waiting does not change into a Failure; it
// returns nil for one that may change.
func (e *Env) classify(name, addr string, err error) error {
	if f, told := errors.AsType[*Failure](err); told {
		return f
	}
	raw := err.Error()
	switch {
	case strings.Contains(raw, "NOAUTH"):
		return e.failAuth("auth_required", name, addr, "wants a password and none is set", err)
	case strings.Contains(raw, "WRONGPASS"), strings.Contains(raw, "invalid password"):
		return e.failAuth("auth_wrong", name, addr, "refuses the password", err)
	case strings.Contains(raw, "without any password configured"):
		return e.failAuth("auth_unneeded", name, addr, "has no password, but one is sent to it", err)
	case strings.Contains(raw, "DENIED"):
		return e.failAuth("protected_mode", name, addr, "is in protected mode: without a password it serves its own machine only", err)
	case errors.Is(err, errStranger):
		return e.failStranger(name, addr)
	}
	return nil
}
