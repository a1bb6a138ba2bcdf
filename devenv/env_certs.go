package devenv

import (
	"crypto/tls"
	"fmt"
	"os"
	"time"
)

// Certs are the certificates of profile tls.
type Certs struct {
	Dir     string    `json:"dir"`
	CA      string    `json:"ca"` // the authority's certificate, which clients trust
	Written bool      `json:"written"`
	Until   time.Time `json:"until"` // when the first of them ends
}

// Certs writes the certificates of the environment where they are missing or
// end within 30 days, whatever the profile. See WriteCerts.
func (e *Env) Certs() (Certs, error) {
	c := Certs{Dir: e.set.CertsDir(), CA: e.set.certFile("ca.crt")}
	if err := os.MkdirAll(e.set.Dir, 0o700); err != nil {
		return c, fmt.Errorf("make the state directory: %w", err)
	}
	var err error
	if c.Written, err = WriteCerts(c.Dir, time.Now()); err != nil {
		return c, err
	}
	for _, name := range []string{"ca", "redis", "client"} {
		pair, err := tls.LoadX509KeyPair(e.set.certFile(name+".crt"), e.set.certFile(name+".key"))
		if err != nil {
			return c, fmt.Errorf("read the certificate %s.crt: %w", name, err)
		}
		if c.Until.IsZero() || pair.Leaf.NotAfter.Before(c.Until) {
			c.Until = pair.Leaf.NotAfter
		}
	}
	return c, nil
}
