package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A watch stands between the clients of a test and its servers: it remembers
// their last commands, and faults, traces and guards work through it.
type watch struct {
	tap tap.Tap

	once   sync.Once
	faults *Faults
}

// Faults breaks the way between the test's clients and its server. It is the
// same value at each call.
func (s *Server) Faults() *Faults {
	s.watch.once.Do(func() {
		f := newFaults(s.tb, &s.watch.tap)
		if s.set.conf.Exclusive {
			if p, ok := s.held.instance.(Process); ok {
				f.process = restartable{p, s.held.ctl, s.set.conf.Username}
			}
		}
		f.listen = sync.OnceValues(func() (*relay, error) {
			if _, bubble := s.engine.(bubbleEngine); bubble {
				return nil, errors.New("no socket works in a bubble: use the Dialer of Options")
			}
			var secure *tls.Config // like the server, so that its clients notice no difference
			if conf := s.set.conf; conf.TLS {
				var err error
				if secure, err = conf.Certificates.serverConfig(conf.MutualTLS); err != nil {
					return nil, err
				}
			}
			r, err := newRelay(s.dial, secure)
			if err == nil {
				s.onClose(r.close)
			}
			return r, err
		})
		s.onFailure(f.section)
		s.watch.faults = f
	})
	return s.watch.faults
}

// A restartable process gives its user the channels again after a restart: it
// forgets what ACL SETUSER told it while it ran.
type restartable struct {
	Process
	ctl  *control
	user string
}

func (r restartable) Restart(ctx context.Context) error {
	if err := r.Process.Restart(ctx); err != nil {
		return err
	}
	return r.ctl.allowChannels(ctx, r.user)
}

// recent is the section of a failure report on the last commands of a test.
func (w *watch) recent(context.Context) string {
	var b strings.Builder
	trip := uint64(0)
	for _, c := range w.tap.Recent() {
		if c.Setup {
			continue
		}
		mark := " "
		if c.Trip == trip {
			mark = "+" // went along with the command above
		}
		trip = c.Trip
		fmt.Fprintf(&b, "\n  %s conn %d %8s %s %s", c.Sent.Format("15:04:05.000"), c.Conn, brief(c.Took), mark, line(&c))
	}
	if b.Len() == 0 {
		return ""
	}
	return "its last commands (+ in the same round trip as the one above):" + b.String()
}

// brief writes a duration in a few characters; none is a dash.
func brief(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
