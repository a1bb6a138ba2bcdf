package redistest

import (
	"context"
	"path/filepath"
	"strconv"
)

// TLS gives the test a server of its own that speaks TLS only, with
// certificates made for it. Options, URL (rediss://) and Client carry what is
// needed; other clients find it in Server.Certificates. The fake speaks no
// TLS and says so.
func TLS() Option {
	return func(set *settings) { set.secure(false) }
}

// MutualTLS is TLS with a server that lets only clients in that show a
// certificate of the same authority.
func MutualTLS() Option {
	return func(set *settings) { set.secure(true) }
}

func (set *settings) secure(mutual bool) {
	set.conf.TLS, set.conf.MutualTLS = true, mutual
	if set.conf.Certificates != nil {
		return
	}
	certs, err := NewCertificates()
	if err != nil {
		set.problems = append(set.problems, err)
	}
	set.conf.Certificates = certs
}

// Certificates returns what clients of a server with TLS need that do not take
// Options; nil without TLS.
func (s *Server) Certificates() *Certificates { return s.set.conf.Certificates }

// TLSLines returns the lines of redis.conf by which a server speaks TLS on
// port and nothing else elsewhere, with the files of Certificates.Write in dir.
func (c Config) TLSLines(dir string, port int) []string {
	lines := []string{
		"port 0", "tls-port " + strconv.Itoa(port),
		"tls-cert-file " + quoted(filepath.Join(dir, "server.crt")),
		"tls-key-file " + quoted(filepath.Join(dir, "server.key")),
		"tls-ca-cert-file " + quoted(filepath.Join(dir, "ca.crt")),
		"tls-auth-clients " + yes(c.MutualTLS),
	}
	return lines
}

// listen returns the lines of redis.conf on where the server listens, and
// notes it: a unix socket, or a port of the loopback address for TLS, which
// redis-server does not speak on a socket.
func (n *nativeInstance) listen() ([]string, error) {
	if !n.conf.TLS {
		n.end = Endpoint{Network: "unix", Addr: filepath.Join(n.dir, "s"), Username: n.conf.Username, Password: n.conf.Password}
		return []string{"port 0", "unixsocket " + quoted(n.end.Addr), "unixsocketperm 600"}, nil
	}
	ports, err := claimPorts(1)
	if err != nil {
		return nil, err
	}
	return n.listenOn(ports[0])
}

// listenOn returns the lines of redis.conf by which the server listens on p,
// which Stop lets go, and notes it.
func (n *nativeInstance) listenOn(p *port) ([]string, error) {
	if n.port != nil {
		n.port.letGo()
	}
	n.port = p
	n.end = Endpoint{Network: "tcp", Addr: loopback(p.number), Username: n.conf.Username, Password: n.conf.Password}
	if !n.conf.TLS {
		return []string{"port " + p.String(), "bind 127.0.0.1"}, nil
	}
	if n.conf.Certificates == nil {
		certs, err := NewCertificates()
		if err != nil {
			return nil, err
		}
		n.conf.Certificates = certs
	}
	if err := n.conf.Certificates.Write(n.dir); err != nil {
		return nil, err
	}
	var err error
	if n.end.TLS, err = n.conf.Certificates.ClientConfig(); err != nil {
		return nil, err
	}
	return append(n.conf.TLSLines(n.dir, p.number), "bind 127.0.0.1"), nil
}

// bootAnew configures and boots, again on another port when one was taken in
// between.
func (n *nativeInstance) bootAnew(ctx context.Context) error {
	for try := 1; ; try++ {
		err := n.configure()
		if err == nil {
			err = n.boot(ctx)
		}
		if err == nil || try == portTries || !portTaken(err) {
			return err
		}
	}
}
