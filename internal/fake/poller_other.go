//go:build !unix || aix

package fake

import "net"

// poller does not exist here: every connection has a goroutine, and the
// order of requests on connections just made is the scheduler's.
type poller struct{}

func (*Server) pollListener(net.Listener) (bool, error) { return false, nil }
func (*Server) stopPoller()                             {}
func (*Server) standIn()                                {}
