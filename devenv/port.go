package devenv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// firstEphemeral is where Linux starts to take ports for outgoing
// connections (net.ipv4.ip_local_port_range): below it a port that is free
// stays free.
const firstEphemeral = 32768

// listenAll opens every instance's port, or none. An error is a *Failure that
// tells who holds the port.
func (e *Env) listenAll(ctx context.Context, instances []Instance) ([]*net.TCPListener, error) {
	var open []*net.TCPListener
	var errs []error
	for _, i := range instances {
		l, err := e.listen(i)
		if errors.Is(err, syscall.EADDRINUSE) {
			l, err = e.reclaimPort(ctx, i, err)
		}
		if err != nil {
			errs = append(errs, e.explainPort(i, err))
			continue
		}
		open = append(open, l)
	}
	if len(errs) > 0 {
		closeAll(open)
		return nil, errs[0]
	}
	return open, nil
}

func (e *Env) listen(i Instance) (*net.TCPListener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(e.set.Bind, strconv.Itoa(i.Port)))
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// A port whose holder has been ended, or is just ending, is asked for again
// this often; one that stays taken costs the product.
const (
	reclaimTries = 20
	reclaimPause = 10 * time.Millisecond
)

// reclaimPort opens a port that is taken by a server of this very environment,
// which it ends, or by nobody who can be seen. taken is its error for a port
// that stays a stranger's.
func (e *Env) reclaimPort(ctx context.Context, i Instance, taken error) (*net.TCPListener, error) {
	for range reclaimTries {
		if !e.stopStray(ctx, i) && !nobody(i.Port) {
			return nil, taken
		}
		if err := pause(ctx, reclaimPause); err != nil {
			return nil, errors.Join(taken, err)
		}
		l, err := e.listen(i)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
		taken = err
	}
	return nil, taken
}

func closeAll(listeners []*net.TCPListener) {
	for _, l := range listeners {
		l.Close()
	}
}

// portsFree checks that every instance's port can be opened, and closes it again.
func (e *Env) portsFree(ctx context.Context, instances []Instance) error {
	open, err := e.listenAll(ctx, instances)
	closeAll(open)
	return err
}

// nobody reports whether no process is seen behind a port: it may belong to
// another user, or to a process that is just ending.
func nobody(port int) bool {
	owner, _ := process.Listening(port)
	return owner.PID == 0
}

// stopStray ends a server of this very environment that is not recorded, as
// an up leaves behind that was killed before it wrote down what it started.
func (e *Env) stopStray(ctx context.Context, i Instance) bool {
	owner, found := process.Listening(i.Port)
	if !found || !e.isDaemon(owner) {
		return false
	}
	d, err := process.Find(owner.PID)
	if err != nil {
		return true // it has just gone
	}
	e.note("stopping %s on port %d: an up that was killed left it behind", owner, i.Port)
	return d.Stop(ctx, stopGrace) == nil
}

// isDaemon reports whether a process is a daemon of this environment.
func (e *Env) isDaemon(o process.Listener) bool {
	return o.Log != "" && logDir(o.Log) == e.set.Dir
}

func (e *Env) explainPort(i Instance, err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("open port %d for the %s: %w", i.Port, i.Name, err)
	}
	return e.explainTakenPort(i, err)
}

func (e *Env) explainTakenPort(i Instance, err error) error {
	if c, ok := e.containerOn(i.Port); ok {
		p := e.failPort(i, c.describe()+", not by this project", c.fixes())
		if c.Labels[projectLabel] == e.set.Project {
			p = e.failPort(i, c.describe()+", which an earlier command of this project left behind", []string{"end it: " + e.run("down")})
		}
		p.Err = err
		return p
	}
	owner, found := process.Listening(i.Port)
	if !found && i.Port >= firstEphemeral {
		p := e.failEphemeralPort(i)
		p.Err = err
		return p
	}
	p := e.failPort(i, owner.String()+", not by this project", ownerFixes(owner))
	p.Err = err
	return p
}

func ownerFixes(o process.Listener) []string {
	switch {
	case filepath.Base(logDir(o.Log)) == ".redkit":
		return []string{"stop that environment: mage down in " + filepath.Dir(logDir(o.Log))}
	case o.PID != 0:
		return []string{fmt.Sprintf("stop it: kill %d (or its service, if it has one)", o.PID)}
	}
	return nil
}

// suggestPort finds a port above taken that is free now and stays below the
// ephemeral range.
func suggestPort(taken int) int {
	for port := max(taken+10, 1024); port < min(taken+2000, firstEphemeral); port += 10 {
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			l.Close()
			return port
		}
	}
	return 16379
}
