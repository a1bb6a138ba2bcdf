package subjects

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/clock"
)

// staff is the broker of an app, and the worker that runs its tasks: it claims
// during work and at no other time. What fails it mends by itself, as it does in
// production; of one that can reach its server no more nothing is heard again,
// and the next work has another.
type staff struct {
	*stepped
	app *celery.App

	mu     sync.Mutex
	chaos  celery.Chaos
	worker *celery.Worker
	leave  func() // ends the worker, and waits for it
	hired  int
	shift  *shift        // the work in progress, or nil
	begins chan struct{} // closed when the next one begins
}

// A shift is one work: from when the worker may claim until nothing is left.
type shift struct {
	claims int           // at the last look that found nothing; -1: there was none
	errs   []error       // of commands
	over   chan struct{} // closed when nothing is left, or too much has failed
}

// patience is how many failures a worker lives through in one work.
const patience = 5

// work lets the worker run what is ready, and returns what failed meanwhile.
func (s *staff) work(ctx context.Context) error {
	sh := &shift{claims: -1, over: make(chan struct{})}
	s.mu.Lock()
	s.hire()
	s.shift = sh
	close(s.begins)
	s.mu.Unlock()
	var gone error
	select {
	case <-sh.over:
	case <-ctx.Done():
		gone = ctx.Err()
	}
	s.mu.Lock()
	s.end(sh)
	s.mu.Unlock()
	if len(sh.errs) >= patience {
		s.dismiss()
	}
	return errors.Join(append(sh.errs, gone)...)
}

// hire starts a worker unless there is one. The caller holds s.mu.
func (s *staff) hire() {
	if s.begins == nil {
		s.begins = make(chan struct{})
	}
	if s.worker != nil {
		return
	}
	s.hired++
	// It is quiet, for Broadcast tells it what it has to know at once, and looks
	// for what others left when told to, for a clock that leaps makes claims old.
	w := s.app.NewWorker(celery.WorkerOptions{Name: fmt.Sprintf("w%d@localhost", s.hired), Queues: s.Queues(), Concurrency: 1, Quiet: true, Sweep: never})
	w.SetChaos(s.chaos)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = w.Run(ctx) }) // no error: its number of tasks has no limit
	s.worker, s.leave = w, func() { w.Kill(); stop(); running.Wait() }
}

// never is further away than any check moves its clock.
const never = 100 * 365 * 24 * time.Hour

// dismiss ends the worker, if there is one.
func (s *staff) dismiss() {
	s.mu.Lock()
	leave := s.leave
	s.worker, s.leave = nil, nil
	s.mu.Unlock()
	if leave != nil {
		leave()
	}
}

func (s *staff) disturb(c celery.Chaos) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chaos = c
	if s.worker != nil {
		s.worker.SetChaos(c)
	}
}

func (s *staff) present() *celery.Worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worker
}

// Publish implements broker.Publisher: the worker takes from each queue that
// something was put into.
func (s *staff) Publish(ctx context.Context, messages ...broker.Message) error {
	err := s.stepped.Publish(ctx, messages...)
	if w := s.present(); w != nil {
		w.Consume(s.Queues()...)
	}
	return err
}

// Broadcast implements broker.Broadcaster.
func (s *staff) Broadcast(ctx context.Context, exchange, routingKey string, raw []byte) error {
	err := s.stepped.Broadcast(ctx, exchange, routingKey, raw)
	if w := s.present(); w != nil && err == nil {
		w.Heed(ctx, raw)
	}
	return err
}

// Consume implements broker.Broker.
func (s *staff) Consume(owner string, queues ...string) broker.Consumer {
	return &shiftConsumer{s.stepped.Consume(owner, queues...), s}
}

// shiftConsumer claims during work only.
type shiftConsumer struct {
	broker.Consumer
	s *staff
}

// BuryWith implements broker.Burier.
func (c *shiftConsumer) BuryWith(bury func(context.Context, broker.Delivery, string)) {
	c.Consumer.(broker.Burier).BuryWith(bury)
}

// now is the work in progress, or when the next one begins.
func (s *staff) now() (sh *shift, begins <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shift, s.begins
}

// Claim implements broker.Consumer.
func (c *shiftConsumer) Claim(ctx context.Context, max int) ([]broker.Delivery, error) {
	if sh, _ := c.s.now(); sh == nil {
		return nil, nil
	}
	return c.Consumer.Claim(ctx, max)
}

// Wait implements broker.Consumer. The worker has found nothing: if none of its
// runs goes on, none has ended since it looked the last time, and nobody has
// left anything, then the work is over.
func (c *shiftConsumer) Wait(ctx context.Context, limit time.Duration) error {
	sh, begins := c.s.now()
	if sh == nil {
		select {
		case <-begins:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	waiting, stop := context.WithCancel(ctx)
	idle := make(chan int, 1)
	w := c.s.present()
	go func() { // ends with the runs or this wait, and is waited for below
		defer stop()
		claims, err := w.Idle(waiting)
		if err != nil {
			claims = -1
		}
		idle <- claims
	}()
	err := c.Consumer.Wait(waiting, limit)
	early := waiting.Err() == nil // something came
	stop()
	claims := <-idle
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case early && err != nil:
		c.s.failed(err)
		return err
	case early || claims < 0:
		return nil
	}
	back, err := c.s.Restore(ctx)
	if err != nil {
		return err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if claims == sh.claims && back == 0 {
		c.s.end(sh)
	}
	sh.claims = claims
	return nil
}

// end ends a work, if it goes on still. The caller holds s.mu.
func (s *staff) end(sh *shift) {
	if s.shift == sh {
		s.shift, s.begins = nil, make(chan struct{})
		close(sh.over)
	}
}

// failed notes what failed during work.
func (s *staff) failed(err error) {
	var answer redis.Error
	if err == nil || errors.Is(err, redis.Nil) || errors.Is(err, context.Canceled) || errors.As(err, &answer) && redis.HasErrorPrefix(err, "NOSCRIPT") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shift == nil {
		return
	}
	s.shift.errs = append(s.shift.errs, err)
	if len(s.shift.errs) >= patience {
		s.end(s.shift)
	}
}

// DialHook implements redis.Hook.
func (s *staff) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (s *staff) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		s.failed(err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (s *staff) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		s.failed(err)
		return err
	}
}

// hurried is a clock that only Advance moves, and on which the pauses of a
// worker between two tries, which are no longer than five seconds, pass by
// themselves and soon.
type hurried struct{ *clock.Manual }

// After implements clock.Clock.
func (h hurried) After(d time.Duration) <-chan time.Time {
	if d > 0 && d <= 5*time.Second {
		return time.After(d / 100)
	}
	return h.Manual.After(d)
}
