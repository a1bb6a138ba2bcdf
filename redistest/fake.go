package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/fake"
)

// fakeEngine serves each test by a fake of its own on a loopback port.
type fakeEngine struct{}

func (fakeEngine) Name() string { return "fake" }
func (fakeEngine) solitary()    {}

func (fakeEngine) Boot(_ context.Context, conf Config) (Instance, error) {
	f, err := bootFake(conf, nil)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, f.srv.Close())
	}
	f.end.Addr = ln.Addr().String()
	if err := f.srv.Serve(ln); err != nil {
		return nil, errors.Join(err, f.srv.Close())
	}
	return f, nil
}

// bootFake makes a fake that listens nowhere yet.
func bootFake(conf Config, now func() time.Time) (*fakeInstance, error) {
	if conf.TLS {
		return nil, fmt.Errorf("TLS on the fake: %w: use redistest.Real()", errors.ErrUnsupported)
	}
	srv := fake.New(fake.Config{Databases: conf.Databases, Username: conf.Username, Password: conf.Password, Now: now})
	for _, line := range conf.Conf {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := srv.Set(name, strings.Trim(strings.TrimSpace(value), `"`)); err != nil {
			err = fmt.Errorf("redis.conf line %q on the fake: %w: %w", line, errors.ErrUnsupported, err)
			return nil, errors.Join(err, srv.Close())
		}
	}
	return &fakeInstance{srv: srv, end: Endpoint{Network: "tcp", Username: conf.Username, Password: conf.Password}}, nil
}

type fakeInstance struct {
	srv *fake.Server
	end Endpoint
}

// dial opens a connection in memory.
func (f *fakeInstance) dial(context.Context, string, string) (net.Conn, error) { return f.srv.Dial() }

func (f *fakeInstance) Endpoint() Endpoint         { return f.end }
func (f *fakeInstance) Stop(context.Context) error { return f.srv.Close() }

// Version is empty: the fake is no version of Redis.
func (f *fakeInstance) Version() string { return "" }

func (f *fakeInstance) Advance(_ context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("advance by %v: time moves forward only", d)
	}
	f.srv.Advance(d)
	return nil
}

// Now is the clock of the fake, on which bubbles and Advance work.
func (f *fakeInstance) Now() time.Time { return f.srv.Now() }

func (f *fakeInstance) Grain() time.Duration { return time.Millisecond }
func (f *fakeInstance) Blocking() bool       { return true }
