package redistest

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
)

// look is the section of a failure report that tells how to see the data with
// one's own eyes, as long as they are kept. It holds no password.
func (s *Server) look(context.Context) string {
	if !s.held.keeps {
		return ""
	}
	return "its data are kept until the test binary ends; to look: " + s.lookBy()
}

// lookBy is the command that shows the data, "" where nothing outside of the
// test reaches them.
func (s *Server) lookBy() string {
	if _, bubble := s.engine.(bubbleEngine); bubble {
		return ""
	}
	dir := ""
	if n, native := s.held.instance.(*nativeInstance); native {
		dir = n.dir
	}
	line := cli(s.held.ctl.end, s.set.conf.MutualTLS, dir)
	if s.held.prefix != "" {
		return line + fmt.Sprintf(" --scan --pattern '%s*'", s.held.prefix)
	}
	return line + fmt.Sprintf(" -n %d", s.held.db)
}

// cli is the command that reaches a server. dir holds the certificates of one
// that asks for one, if it is not empty.
func cli(end Endpoint, mutual bool, dir string) string {
	var b strings.Builder
	if end.Password != "" {
		b.WriteString("REDISCLI_AUTH=… ")
	}
	b.WriteString("redis-cli")
	if end.Network == "unix" {
		b.WriteString(" -s " + end.Addr)
	} else if host, port, err := net.SplitHostPort(end.Addr); err == nil {
		b.WriteString(" -h " + host + " -p " + port)
	}
	if end.Username != "" {
		b.WriteString(" --user " + end.Username)
	}
	if end.TLS != nil {
		b.WriteString(" --tls --insecure")
		if mutual && dir != "" {
			b.WriteString(" --cert " + filepath.Join(dir, "client.crt") + " --key " + filepath.Join(dir, "client.key"))
		}
	}
	return b.String()
}
