package redistest

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheHeartbeatEndsWithItsServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		ctl := newControl(Endpoint{Network: "tcp", Addr: "nowhere"}, func(context.Context) (net.Conn, error) {
			dials++
			return nil, errors.New("the server has gone")
		})
		defer ctl.close()
		b := newHeartbeat(ctl)
		b.add("lease", "me")
		time.Sleep(leaseLife + 2*leaseBeat) // of the bubble's time
		synctest.Wait()
		was := dials
		if was < 3 {
			t.Errorf("%d beats in the life of a lease, want at least 3", was)
		}
		time.Sleep(10 * leaseLife)
		synctest.Wait()
		if dials != was {
			t.Errorf("%d beats more after the leases ran out, want none", dials-was)
		}
		b.add("another", "me")
		time.Sleep(leaseBeat + time.Second)
		synctest.Wait()
		if dials != was+1 {
			t.Errorf("%d beats for a lease that came later, want 1", dials-was)
		}
		b.remove("another")
	})
}
