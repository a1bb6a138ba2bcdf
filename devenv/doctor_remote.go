package devenv

import (
	"context"
	"net"
	"strings"
)

// remoteSafety is for servers that others can reach: a URL that leaves this
// machine needs a password and TLS. In a private network the lack of TLS is a
// warning, not a failure: containers beside each other, as the services of a
// CI job, have no certificates, and nobody else is there to listen. Who shares
// the network with others has been told.
func (x *examination) remoteSafety(ctx context.Context, p patient) {
	u := p.URL
	if u.Loopback() {
		return
	}
	private := private(ctx, u)
	var missing []string
	if u.Password().IsZero() {
		missing = append(missing, "a password")
	}
	if !u.parts().tls && !private {
		missing = append(missing, "TLS (rediss://)")
	}
	switch {
	case len(missing) > 0:
		x.add(LevelFail, "remote", "put it into the URL, and into the server's configuration", "the %s at %s is on another machine and is used without %s", p.Name, p.where(), strings.Join(missing, " and "))
	case !u.parts().tls:
		x.add(LevelWarn, "remote", "use TLS (rediss://), unless nobody else is in that network, as beside the service containers of a CI job",
			"the %s at %s is on another machine of a private network and is used without TLS: whoever shares that network can read the password and the data", p.Name, p.where())
	default:
		x.ok("remote", "the %s at %s is on another machine and is used with a password and TLS", p.Name, p.where())
	}
}

// private reports whether every host is an address of a private network, or a
// bare name, as service containers have, that leads to no other.
func private(ctx context.Context, u URL) bool {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	for _, addr := range u.Addrs() {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return false
		}
		ips := []net.IP{net.ParseIP(host)}
		if ips[0] == nil {
			if strings.Contains(host, ".") {
				return false
			}
			// One that nobody knows here is a container's, beside which this does not run.
			ips, _ = net.DefaultResolver.LookupIP(ctx, "ip", host)
		}
		for _, ip := range ips {
			if !ip.IsPrivate() && !ip.IsLoopback() {
				return false
			}
		}
	}
	return true
}
