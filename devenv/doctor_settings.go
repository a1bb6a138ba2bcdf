package devenv

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func (x *examination) settings() {
	for _, w := range x.set.Warnings {
		x.add(LevelWarn, "settings", "", "%s", w)
	}
	if len(x.set.Warnings) == 0 {
		x.ok("settings", "the settings are valid and fit together")
	}
}

// secretFiles looks whether others may read what holds passwords.
func (x *examination) secretFiles() {
	var open []string
	for _, path := range []string{x.set.Dir, x.env.EnvFile(), statePath(x.set.Dir), x.set.secretDotEnv, x.set.certFile("ca.key")} {
		if mode, ok := modeOf(path); ok && mode.Perm()&0o077 != 0 {
			open = append(open, path)
			x.mendModes(path)
		}
	}
	if len(open) > 0 {
		x.add(LevelFail, "secret files", "chmod go-rwx "+strings.Join(open, " "), "other users of this machine can read %s", strings.Join(open, ", "))
		return
	}
	if x.set.secretDotEnv != "" {
		x.ok("secret files", "only you can read %s and %s", x.set.Dir, x.set.secretDotEnv)
		return
	}
	x.ok("secret files", "only you can read %s", x.set.Dir)
}

func modeOf(path string) (fs.FileMode, bool) {
	s, err := os.Stat(path)
	if err != nil {
		return 0, false // not there, or not ours to see: nobody reads it through us
	}
	return s.Mode(), true
}

// soon is how long before a certificate's end doctor speaks up.
const soon = 30 * 24 * time.Hour

// tlsFiles checks the certificates that clients of the settings use.
func (x *examination) tlsFiles(context.Context) {
	t := x.set.TLS
	if t.CAFile == "" && t.CertFile == "" {
		x.skip("tls", "no certificate is set (REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE)")
		return
	}
	c := tlsConfig{TLS: t}
	config, err := c.config()
	if err != nil {
		x.add(LevelFail, "tls", "set the path of a readable PEM file", "%v", err)
		return
	}
	first := len(x.findings)
	if t.CAFile != "" {
		if text, err := os.ReadFile(t.CAFile); err == nil {
			for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
				x.certificate(t.CAFile, block.Bytes)
			}
		}
	}
	for _, pair := range config.Certificates {
		x.clientCertificate(pair)
	}
	if len(x.findings) == first {
		x.ok("tls", "the certificates are valid for more than %d days", soon/(24*time.Hour))
	}
}

func (x *examination) clientCertificate(pair tls.Certificate) {
	if len(pair.Certificate) > 0 {
		x.certificate(x.set.TLS.CertFile, pair.Certificate[0])
	}
}

func (x *examination) certificate(path string, der []byte) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return // config has refused it already
	}
	left := cert.NotAfter.Sub(x.o.Now())
	switch {
	case x.o.Now().Before(cert.NotBefore):
		x.add(LevelFail, "tls", "set this machine's clock, or take another certificate", "the certificate %s is valid only from %s", path, cert.NotBefore.Format(time.DateOnly))
	case left <= 0:
		x.add(LevelFail, "tls", "take a new certificate", "the certificate %s ended on %s", path, cert.NotAfter.Format(time.DateOnly))
	case left < soon:
		x.add(LevelWarn, "tls", "take a new certificate before then", "the certificate %s ends on %s", path, cert.NotAfter.Format(time.DateOnly))
	}
}

// applicationURLs compares the URLs that the user set with the servers that
// run: after a change of port or profile an old .env leads elsewhere.
func (x *examination) applicationURLs() {
	if x.backend == BackendExternal || len(x.patients) == 0 {
		x.skip("urls", "the URLs themselves name the servers")
		return
	}
	urls := map[string]URL{
		"REDIS_URL": x.set.RedisURL, "CELERY_BROKER_URL": x.set.Celery.BrokerURL,
		"CELERY_RESULT_BACKEND": x.set.Celery.ResultBackend, "CHANNEL_LAYERS_DEFAULT_URL": x.set.Channels.URL,
	}
	names := []string{"REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "CHANNEL_LAYERS_DEFAULT_URL"}
	for _, a := range x.set.Aliases {
		name := aliasVariableName(a.Name, "URL")
		urls[name], names = a.URL, append(names, name)
	}
	first := len(x.findings)
	for _, name := range names {
		if origin := x.set.Origin(name); origin != "" && !x.leadsHere(urls[name]) {
			x.add(LevelWarn, "urls", "remove it from there, so that it follows the toolkit's settings, or use REDKIT_BACKEND=external",
				"%s (%s) leads to %s, where no server of this environment is", name, origin, strings.Join(urls[name].Addrs(), ","))
		}
	}
	if len(x.findings) == first {
		x.ok("urls", "the application's URLs lead to the servers of this environment")
	}
}

// namedBy reports whether a URL names the server, alone or among others.
func (p patient) namedBy(u URL) bool {
	return u.serves(p.Host, p.Port) || slices.Contains(u.Addrs(), p.where())
}

func (x *examination) leadsHere(u URL) bool {
	for _, p := range x.patients {
		if u.IsZero() || p.namedBy(u) {
			return true
		}
	}
	return false
}

// stateDir is where data and logs go, or the nearest directory that exists.
func (x *examination) stateDir() string {
	dir := x.set.Dir
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}
