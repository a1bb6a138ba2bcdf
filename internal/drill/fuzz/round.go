package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/drill/server"
	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// What becomes of a message.
const (
	dead    = "dead-letter list" // kept there as it was, with a reason
	waiting = "waiting"          // for its time
	// or the state in which its run ended
)

// A target is a worker process and the server that it works from.
type target struct {
	server  *server.Server
	worker  *process.Bound
	app     *celery.App
	broker  *kombu.Transport
	client  *redis.Client // database 0, with the queue
	notes   *redis.Client // database 1, with what ended
	patient time.Duration // how long the worker may take for one message
	serial  int
}

// aim starts both below dir; env is added to the worker's environment.
func aim(ctx context.Context, binary, dir string, patient time.Duration, env ...string) (*target, error) {
	data, own := dir+"/data", dir+"/worker"
	if err := errors.Join(os.Mkdir(data, 0o700), os.Mkdir(own, 0o700)); err != nil {
		return nil, err
	}
	s, err := server.New(server.Options{Binary: binary, Dir: data, Fsync: "no"})
	if err != nil {
		return nil, err
	}
	t := &target{server: s, patient: patient}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if t.app, t.broker, t.client, err = open(s.Addr, bare); err != nil {
		return nil, errors.Join(err, t.close())
	}
	t.notes = redis.NewClient(&redis.Options{Addr: s.Addr, DB: 1})
	self, err := os.Executable()
	if err == nil {
		t.worker, err = process.StartBound(process.Command{Path: self, Dir: own, Args: []string{s.Addr}, Env: append(env, role+"=1")})
	}
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *target) close() error {
	var errs []error
	for _, c := range []*redis.Client{t.client, t.notes} {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	if t.worker != nil {
		errs = append(errs, t.worker.Kill())
	}
	return errors.Join(append(errs, t.server.Close())...)
}

// send puts a message on the queue and tells what became of it. An error with
// an empty fate is a claim that does not hold for it.
func (t *target) send(ctx context.Context, raw []byte) (fate, reason string, err error) {
	if err := t.client.LPush(ctx, "celery", raw).Err(); err != nil {
		return "", "", err
	}
	runs, err := t.after(ctx)
	if err != nil {
		return "", "", err
	}
	parked, err := t.settle(ctx)
	if err != nil {
		return "", "", err
	}
	all, err := t.broker.Dead(ctx, 0)
	if err != nil {
		return "", "", err
	}
	for _, d := range all {
		if !bytes.Equal(d.Raw, raw) {
			continue
		}
		if d.Reason == "" {
			return "", "", errors.New("it is on the dead-letter list without a reason")
		}
		fate, reason = dead, d.Reason
	}
	switch {
	case fate != "":
	case len(runs) > 0:
		fate = runs[0].state
		for _, r := range runs { // what it sent may have ended first
			if r.id == "i" || r.id == "v1" {
				fate = r.state
			}
		}
	case parked > 0:
		fate = waiting
	default:
		return "", "", fmt.Errorf("it is gone: no run ended, and the dead-letter list holds %d others", len(all))
	}
	return fate, reason, t.client.FlushDB(ctx).Err()
}

// command broadcasts a message to remote control, where nothing is kept.
func (t *target) command(ctx context.Context, raw []byte) error {
	if err := t.client.Publish(ctx, "/0.celery.pidbox", raw).Err(); err != nil {
		return err
	}
	_, err := t.after(ctx)
	return err
}

// A finish is the end of a run.
type finish struct{ state, id string }

// after sends a task and returns when it has ended, with the runs that ended
// before.
func (t *target) after(ctx context.Context) (runs []finish, err error) {
	t.serial++
	id := fmt.Sprintf("after-%d", t.serial)
	if _, err := t.app.Send(ctx, afterTask, nil, celery.TaskID(id), celery.IgnoreResult()); err != nil {
		return nil, err
	}
	limit := time.Now().Add(t.patient)
	for {
		line, err := t.notes.BLPop(ctx, time.Second, ended).Result()
		switch {
		case errors.Is(err, redis.Nil) && !t.worker.Alive():
			return nil, fmt.Errorf("the worker ended%s", t.worker.Words())
		case errors.Is(err, redis.Nil) && time.Now().After(limit):
			return nil, fmt.Errorf("the worker stopped: it has not run the next task within %s", t.patient)
		case errors.Is(err, redis.Nil):
			continue
		case err != nil:
			return nil, err
		}
		state, of, _ := strings.Cut(line[1], " ")
		if of == id {
			return runs, nil
		}
		runs = append(runs, finish{state, of})
	}
}

// settle waits until nothing is left but what waits for its time, and counts
// that: a message may have sent others.
func (t *target) settle(ctx context.Context) (parked int64, err error) {
	limit := time.Now().Add(t.patient)
	for {
		var left, unacked, waits *redis.IntCmd
		if _, err := t.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			left, unacked, waits = p.LLen(ctx, "celery"), p.HLen(ctx, "unacked"), p.ZCard(ctx, "redkit.parked")
			return nil
		}); err != nil {
			return 0, err
		}
		n := left.Val() + unacked.Val() - waits.Val()
		if n == 0 {
			return waits.Val(), nil
		}
		if time.Now().After(limit) {
			return 0, fmt.Errorf("%d messages stay in the broker and are not waiting for their time", n)
		}
		time.Sleep(time.Millisecond)
	}
}

// ping asks the worker by remote control whether it is there.
func (t *target) ping(ctx context.Context) error {
	c := t.app.Control("ping", nil)
	c.Timeout, c.Limit = t.patient, 1
	answers, err := c.Call(ctx)
	if err == nil && answers[workerName] == nil {
		err = fmt.Errorf("the worker has not answered a ping within %s", t.patient)
	}
	return err
}
