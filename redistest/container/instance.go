package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/moby/moby/client"

	"github.com/redkit-dev/redkit/redistest"
)

// An instance is one running container.
type instance struct {
	docker *docker
	id     string
	stdin  io.Closer // closed: the container ends
	end    redistest.Endpoint
}

// Endpoint is the published port.
func (i *instance) Endpoint() redistest.Endpoint { return i.end }

// hold attaches to the standard input of the container.
func (i *instance) hold(ctx context.Context) error {
	attached, err := i.docker.client.ContainerAttach(ctx, i.id, client.ContainerAttachOptions{Stream: true, Stdin: true})
	if err != nil {
		return fmt.Errorf("attach to the container: %w", err)
	}
	i.stdin = attached.Conn
	return nil
}

// ready waits for the server's PONG, or the end of the container.
func (i *instance) ready(ctx context.Context) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	var last error
	for n := 1; ; n++ {
		err := i.ping(ctx)
		if err == nil {
			return nil
		}
		if slow := net.Error(nil); last == nil || !errors.As(err, &slow) || !slow.Timeout() { // a refusal says more
			last = err
		}
		if n%50 == 0 {
			if words, dead := i.docker.ended(ctx, i.id); dead {
				return fmt.Errorf("the server ended: %s", words)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for the server at %s: %w: %w%s", i.end.Addr, ctx.Err(), last, elsewhere(last))
		}
	}
}

// elsewhere says what to do where nothing listens: this process may be in a
// container itself, for which the runtime's ports are on another host.
func elsewhere(err error) string {
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return ""
	}
	return ": if the container runtime publishes its ports on another host, name it in TESTCONTAINERS_HOST_OVERRIDE"
}

// ping has a limit of its own: the runtime's proxy accepts connections before
// the server does, and may leave one without an answer.
func (i *instance) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return i.end.Ping(ctx)
}

// Stop removes the container.
func (i *instance) Stop(ctx context.Context) error {
	defer i.docker.close()
	var errs []error
	if i.stdin != nil {
		errs = append(errs, i.stdin.Close())
	}
	if i.id != "" {
		errs = append(errs, i.docker.remove(ctx, i.id))
	}
	return errors.Join(errs...)
}
