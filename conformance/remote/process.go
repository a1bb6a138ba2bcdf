package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// A Process is a child that serves subjects. It is safe for concurrent use.
// Close it.
type Process struct {
	pipe     *Pipe
	greeting Greeting
	done     chan struct{} // closed when the reader has ended

	mu        sync.Mutex
	next      int
	waiting   map[int]*question
	abandoned map[int]bool // questions whose asker has gone: the answer may yet come
	broken    error        // why no more answers come
}

// Start runs the program and waits until it has greeted. The child ends with
// Close, or when this process does.
func Start(ctx context.Context, name string, args ...string) (*Process, error) {
	pipe, err := Run(name, args...)
	if err != nil {
		return nil, err
	}
	p := &Process{pipe: pipe, done: make(chan struct{}), waiting: make(map[int]*question), abandoned: make(map[int]bool)}
	if err := p.greet(ctx); err != nil {
		pipe.Kill()
		_ = pipe.Close() // which says that it was killed
		return nil, fmt.Errorf("start %s: %w%s", name, err, pipe.Complaint())
	}
	go p.listen() // ended by the child's exit, awaited by Close
	return p, nil
}

func (p *Process) greet(ctx context.Context) error {
	line, err := p.pipe.Hear(ctx)
	if err != nil {
		_ = p.pipe.Wait(ctx) // for all of its complaint
		return fmt.Errorf("the child has not greeted: %w", err)
	}
	p.greeting, err = readGreeting(line)
	return err
}

// Close ends the child and waits for it. The error is what the child did
// wrong in its life: a breach of the protocol, or its exit status.
func (p *Process) Close() error {
	err := p.pipe.Close()
	<-p.done
	if errors.Is(p.broken, ErrProtocol) { // the reader has ended
		return p.broken
	}
	return err
}

// listen hands answers to those who wait until the child ends.
func (p *Process) listen() {
	defer close(p.done)
	for {
		line, err := p.pipe.Hear(context.Background())
		if err != nil {
			p.fail(fmt.Errorf("the child ended: %w", err))
			return
		}
		if err := p.deliver(line); err != nil {
			p.fail(err)
			p.pipe.Kill() // its next lines mean nothing
			return
		}
	}
}

// fail tells all who wait that no more answers come.
func (p *Process) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken == nil {
		p.broken = err
	}
	for _, q := range p.waiting {
		close(q.answer)
	}
	clear(p.waiting)
}

// why is the reason for which no more answers come.
func (p *Process) why() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

func (p *Process) say(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := p.why(); err != nil {
		return err
	}
	return p.pipe.Say(string(line))
}
