package devenv

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"
)

// certificates shakes hands with every server that speaks TLS, and judges what
// it shows: it may be another certificate than that of the files, as after
// they were made anew without a restart.
func (x *examination) certificates(ctx context.Context) {
	for _, p := range x.patients {
		if p.info == nil || !p.URL.parts().tls {
			continue
		}
		o, err := p.URL.parts().clientOptions(ClientOptions{TLS: x.set.TLS, Sentinel: x.set.Sentinel})
		if err != nil {
			x.skip("certificate", "the %s is not asked for its certificate: %v", p.Name, err)
			continue
		}
		for _, addr := range p.URL.Addrs() {
			shown, err := shownBy(ctx, addr, o.TLSConfig)
			if err != nil {
				x.skip("certificate", "the %s at %s shows no certificate: %v", p.Name, addr, err)
				continue
			}
			x.shownCertificate(p, addr, shown, o.TLSConfig.RootCAs)
		}
	}
}

// shownBy returns the certificates that a server shows, unverified.
func shownBy(ctx context.Context, addr string, c *tls.Config) ([]*x509.Certificate, error) {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	config := c.Clone()
	config.InsecureSkipVerify, config.VerifyConnection = true, nil // to look at it is not to trust it
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	shown := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(shown) == 0 {
		return nil, errors.New("none")
	}
	return shown, nil
}

// shownCertificate judges its end, its chain and the names in it. What only
// clients that check less get past is a warning: the settings chose so.
func (x *examination) shownCertificate(p patient, addr string, shown []*x509.Certificate, roots *x509.CertPool) {
	const check = "certificate"
	anew := x.env.run("certs") + ", then " + x.env.run("restart")
	if x.backend == BackendExternal {
		anew = "give the server another one"
	}
	leaf, now := shown[0], x.o.Now()
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, cert := range shown[1:] {
		options.Intermediates.AddCert(cert)
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return // an address of a URL has both
	}
	end := leaf.NotAfter.Format(time.DateOnly)
	_, chain := leaf.Verify(options)
	switch name := leaf.VerifyHostname(host); {
	case now.Before(leaf.NotBefore):
		x.add(LevelFail, check, "set this machine's clock, or "+anew, "the certificate that the %s at %s shows is valid only from %s", p.Name, addr, leaf.NotBefore.Format(time.DateOnly))
	case now.After(leaf.NotAfter):
		x.add(LevelFail, check, anew, "the certificate that the %s at %s shows ended on %s", p.Name, addr, end)
	case chain != nil:
		x.add(LevelWarn, check, "REDIS_TLS_CA_FILE=/path/to/the/authority's/ca.crt, and ssl_cert_reqs=required", "the certificate that the %s at %s shows is of no authority that is trusted: %v", p.Name, addr, chain)
	case name != nil:
		x.add(LevelWarn, check, anew, "the certificate that the %s at %s shows is for others: %v", p.Name, addr, name)
	case leaf.NotAfter.Sub(now) < soon:
		x.add(LevelWarn, check, anew, "the certificate that the %s at %s shows ends on %s", p.Name, addr, end)
	default:
		x.ok(check, "the certificate that the %s at %s shows is its own, and good until %s", p.Name, addr, end)
	}
}
