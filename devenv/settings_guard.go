package devenv

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ProfileName is REDKIT_PROFILE in its shortest form: "split", "single,tls,acl".
func (s *Settings) ProfileName() string {
	names := []string{string(s.Profile)}
	if s.ServerTLS {
		names = append(names, featureTLS)
	}
	if s.ServerACL {
		names = append(names, featureACL)
	}
	if s.Monitoring {
		names = append(names, featureMonitoring)
	}
	return strings.Join(names, ",")
}

// topology is the group of servers that the profile asks for, or "".
func (s *Settings) topology() string {
	if s.Profile == ProfileSentinel || s.Profile == ProfileCluster {
		return string(s.Profile)
	}
	return ""
}

// guarded reports whether the servers must do what a fake cannot.
func (s *Settings) guarded() bool { return s.ServerTLS || s.ServerACL || s.topology() != "" }

// failGuarded is the refusal of a backend without TLS and users.
func (e *Env) failGuarded(b Backend) error {
	return &Failure{
		Code: "unsupported", Exit: ExitUnsupported,
		Message: fmt.Sprintf("the backend %s has no TLS, no users, no sentinels and no cluster, and REDKIT_PROFILE=%s asks for what it lacks", b, e.set.ProfileName()),
		Fixes:   []string{"install redis-server or Docker, for REDKIT_BACKEND=native or compose", "do without: REDKIT_PROFILE=split " + e.run("up")},
		Err:     errors.ErrUnsupported,
	}
}

// provideCerts makes the certificates of profile tls where they are missing.
func (e *Env) provideCerts() error {
	if !e.set.ServerTLS {
		return nil
	}
	written, err := WriteCerts(e.set.CertsDir(), time.Now())
	if written {
		e.note("new certificates in %s; clients trust %s", e.set.CertsDir(), e.set.certFile("ca.crt"))
	}
	return err
}

// groupConf makes a server of this machine a part of its group.
func (e *Env) groupConf(i Instance) string {
	var b strings.Builder
	if p := e.set.Password; !p.IsZero() && i.Group != "" && !i.Watches {
		fmt.Fprintf(&b, "masterauth %s\n", confQuote(p.Reveal()))
	}
	if i.Group == string(ProfileCluster) {
		b.WriteString("cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-node-timeout 5000\n")
		if e.set.ServerTLS {
			b.WriteString("tls-cluster yes\n")
		}
	}
	return b.String()
}

// guardConf is the part of redis.conf that makes a server of this machine
// speak TLS and know the users. It comes after the plain part, over which it
// wins. The program is asked for its version only when its rules depend on it.
func (e *Env) guardConf(binary string, i Instance) ([]byte, error) {
	var b strings.Builder
	if s := e.set; s.ServerTLS {
		fmt.Fprintf(&b, "port 0\ntls-port %d\ntls-auth-clients %s\n", i.Port, s.Stack().TLSClients)
		fmt.Fprintf(&b, "tls-ca-cert-file %s\ntls-cert-file %s\ntls-key-file %s\n",
			confQuote(s.certFile("ca.crt")), confQuote(s.certFile("redis.crt")), confQuote(s.certFile("redis.key")))
		if i.Group != "" { // sentinels go by it, too, when they connect to servers and to each other
			b.WriteString("tls-replication yes\n")
		}
	}
	if e.set.ServerACL && !i.Watches { // a sentinel does not know their commands
		out, err := exec.Command(binary, "--version").Output()
		if err != nil {
			return nil, fmt.Errorf("ask %s for its version: %w", binary, err)
		}
		_, version, _ := strings.Cut(string(out), "v=")
		b.WriteString(e.set.ACL(version) + "\n")
	}
	return []byte(b.String()), nil
}

// guardedClient is localClient for a server that speaks TLS.
func guardedClient(i Instance, db int) (redis.UniversalClient, error) {
	opts, err := i.URL.parts().clientOptions(ClientOptions{})
	if err != nil {
		return nil, err
	}
	opts.DB = db
	opts.Protocol, opts.PoolSize, opts.MaxRetries, opts.DialerRetries, opts.DisableIdentity = 2, 1, -1, 1, true
	opts.DialTimeout, opts.ReadTimeout, opts.WriteTimeout = time.Second, 2*time.Second, 2*time.Second
	return redis.NewUniversalClient(opts), nil
}
