package redistest

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// look is the section of a failure report that tells how to see the data with
// one's own eyes, as long as they are kept. It holds no password.
func (s *Server) look(context.Context) string {
	if !s.held.keeps {
		return ""
	}
	var b strings.Builder
	b.WriteString("its data are kept until the test binary ends; to look: ")
	if s.held.ctl.end.Password != "" {
		b.WriteString("REDISCLI_AUTH=… ")
	}
	b.WriteString("redis-cli")
	if end := s.held.ctl.end; end.Network == "unix" {
		b.WriteString(" -s " + end.Addr)
	} else if host, port, err := net.SplitHostPort(end.Addr); err == nil {
		b.WriteString(" -h " + host + " -p " + port)
	}
	if user := s.held.ctl.end.Username; user != "" {
		b.WriteString(" --user " + user)
	}
	if s.held.ctl.end.TLS != nil {
		b.WriteString(" --tls --insecure")
	}
	if s.held.prefix != "" {
		fmt.Fprintf(&b, " --scan --pattern '%s*'", s.held.prefix)
	} else {
		fmt.Fprintf(&b, " -n %d", s.held.db)
	}
	return b.String()
}
