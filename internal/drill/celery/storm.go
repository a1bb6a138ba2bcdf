package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/internal/drill/server"
	"github.com/redkit-dev/redkit/internal/process"
)

// A plan is what happens in a storm. Everything in it is drawn from the seed
// and goes by the number of tasks published, not by the clock.
type plan struct {
	seed        uint64
	tasks       int // publications to be acknowledged
	workers     int // processes at work
	workerKills int
	serverKills int
	chance      float64 // that a chunk of requests is lost, or its reply
	power       bool    // the server's kills are power failures
	fsync       string  // appendfsync; always if empty
}

// A worker is a process of a fleet.
type worker struct {
	*process.Bound
	name, journal string
	ended         time.Time // zero while it runs
}

// A row is what a storm came to.
type row struct {
	Storm       string  `json:"storm"`
	Side        string  `json:"side"`
	Seed        uint64  `json:"seed"`
	Tasks       int     `json:"publications_acknowledged"`
	Refused     int     `json:"publications_refused"`
	WorkerKills int     `json:"worker_kills"`
	WorkerEnds  int     `json:"workers_that_ended_by_themselves"`
	ServerKills int     `json:"server_kills"`
	Cuts        int64   `json:"connections_cut"`
	LostReplies int64   `json:"replies_lost"`
	Unflushed   int64   `json:"bytes_lost_with_the_power"`
	Seconds     float64 `json:"seconds"`
	counts
	Stuck int `json:"left_in_the_broker"`
	Dead  int `json:"on_the_dead_letter_list"`
}

// storm is one under way.
type storm struct {
	plan
	side
	dir    string
	server *server.Server
	proxy  *proxy
	rng    *rand.Rand

	fleet       []*worker // at work
	all         []*worker
	ends        int // of workers, by themselves
	serverKills []time.Time
	progress    atomic.Int64 // publications acknowledged
	backlog     atomic.Int64
}

const backlogMost = 4000

// run rages on a server of its own, below dir.
func (p plan) run(ctx context.Context, binary, dir string, who side) (row, error) {
	start := time.Now()
	s := &storm{plan: p, side: who, dir: dir, rng: rand.New(rand.NewPCG(p.seed, 1))}
	err := s.prepare(ctx, binary)
	var published []int
	r := row{Seed: p.seed}
	if err == nil {
		published, r.Refused, err = s.rage(ctx)
	}
	if err == nil {
		s.proxy.calm.Store(true)
		err = s.settle(ctx)
	}
	for _, w := range s.fleet {
		err = errors.Join(err, s.end(w))
	}
	if err == nil {
		err = s.judge(ctx, &r, published)
	}
	if s.proxy != nil {
		err = errors.Join(err, s.proxy.close())
	}
	if s.server != nil {
		err = errors.Join(err, s.server.Close())
	}
	r.Seconds = time.Since(start).Round(100 * time.Millisecond).Seconds()
	return r, err
}

func (s *storm) prepare(ctx context.Context, binary string) (err error) {
	data := filepath.Join(s.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	if s.server, err = server.New(server.Options{Binary: binary, Dir: data, Power: s.power, Fsync: s.fsync}); err != nil {
		return err
	}
	if err := s.server.Start(ctx); err != nil {
		return err
	}
	if s.proxy, err = openProxy(s.server.Addr, s.chance, rand.New(rand.NewPCG(s.seed, 2))); err != nil {
		return err
	}
	for range s.workers {
		if err := s.hire(len(s.fleet)); err != nil {
			return err
		}
	}
	return nil
}

// rage publishes while what is due by then is killed.
func (s *storm) rage(ctx context.Context) (published []int, refused int, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type outcome struct {
		ids     []int
		refused int
		err     error
	}
	done := make(chan outcome, 1)
	go func() { // ends with ctx; waited for below
		ids, refused, err := s.publish(ctx, s.proxy.addr(), s.tasks, &s.progress, func() {
			for s.backlog.Load() > backlogMost && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
		})
		done <- outcome{ids, refused, err}
	}()
	workersAt, serverAt := s.moments(s.workerKills), s.moments(s.plan.serverKills)
	over := false
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case o := <-done:
			published, refused, over = o.ids, o.refused, true
			if o.err != nil {
				return nil, 0, o.err
			}
		case <-tick.C:
		}
		if over && len(serverAt)+len(workersAt) == 0 {
			return published, refused, nil
		}
		now := int(s.progress.Load())
		var err error
		switch {
		case len(serverAt) > 0 && serverAt[0] <= now:
			serverAt = serverAt[1:]
			err = s.strike(ctx)
		case len(workersAt) > 0 && workersAt[0] <= now:
			workersAt = workersAt[1:]
			err = s.replace(s.rng.IntN(len(s.fleet)))
		}
		if n, bad := s.server.Client.LLen(ctx, "celery").Result(); bad == nil {
			s.backlog.Store(n)
		}
		if err = errors.Join(err, s.revive()); err != nil {
			if stop(); !over {
				<-done
			}
			return nil, 0, err
		}
	}
}

// moments are n numbers of publications, spread over the storm.
func (s *storm) moments(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = 1 + (s.tasks*i+s.rng.IntN(s.tasks))/n*9/10
	}
	slices.Sort(all)
	return all
}

// strike kills the server and starts it again.
func (s *storm) strike(ctx context.Context) error {
	s.serverKills = append(s.serverKills, time.Now())
	if err := s.server.Kill(); err != nil {
		return err
	}
	// What is written before the trace begins would not be seen in it.
	s.proxy.shut.Store(true)
	defer s.proxy.shut.Store(false)
	return s.server.Start(ctx)
}

// settle waits until the broker has nothing more to hand out.
func (s *storm) settle(ctx context.Context) error {
	limit := time.After(2 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	moved, looked, last := time.Now(), time.Now(), int64(-1)
	for {
		left, err := s.left(ctx)
		if err != nil {
			return fmt.Errorf("wait for the end of the storm, with %d messages left: %w%s", last, err, s.server.Words())
		}
		if left == 0 {
			return nil
		}
		if left != last {
			moved, last = time.Now(), left
		}
		// A Celery worker looks for messages of the dead when it starts, and then every 100 s.
		if _, celerys := s.side.(theirs); celerys && time.Since(looked) > 6*time.Second {
			if time.Since(moved) > 20*time.Second {
				return nil // it never finds them
			}
			if err := s.replace(0); err != nil {
				return err
			}
			looked = time.Now()
		}
		if err := s.revive(); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-limit:
			return nil // what is left is in the row
		}
	}
}

// lists are the queue's, one for each step of priority.
var lists = []string{"celery", "celery\x06\x163", "celery\x06\x166", "celery\x06\x169"}

// left counts the messages that the broker has.
func (s *storm) left(ctx context.Context) (int64, error) {
	c := s.server.Client
	left, err := c.HLen(ctx, "unacked").Result()
	for _, list := range lists {
		n, bad := c.LLen(ctx, list).Result()
		left, err = left+n, errors.Join(err, bad)
	}
	return left, err
}
