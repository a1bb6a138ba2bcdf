package devenv

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
)

// A URL names a Redis server, a sentinel-watched master or a cluster. Every
// print, log and marshalling of it hides the password; Reveal shows it. The
// zero value is no URL. Forms:
//
//	redis://[user:password@]host[:6379][/db][?option=value]
//	rediss://…                                   the same over TLS
//	unix://[user:password@]/path/to.sock[?db=0]  a socket, as redis-py writes it
//	redis+socket:///path/to.sock[?virtual_host=0]  the same, as kombu writes it
//	sentinel://host[:26379]/db;sentinel://host[:26379]/db?master_name=mymaster
//	sentinel://…?ssl_cert_reqs=required           any ssl_ option: sentinels and servers over TLS
//	redis+cluster://host:port,host:port          also cluster:// and rediss+cluster://
//
// The parts are behind two pointers because fmt prints a struct behind one,
// even where it does not call the methods of an unexported field.
type URL struct{ cell **urlParts }

// ParseURL reads raw. Its errors never contain a password, not even that of a
// URL which cannot be parsed.
func ParseURL(raw string) (URL, error) {
	p, err := parseURL(raw)
	if err != nil {
		return URL{}, fmt.Errorf("parse %s: %w", RedactURL(raw), err)
	}
	return newURL(p), nil
}

func newURL(p *urlParts) URL { return URL{&p} }

// parts returns what the URL is made of; those of the zero URL are empty.
func (u URL) parts() *urlParts {
	if u.cell == nil {
		return &urlParts{}
	}
	return *u.cell
}

// IsZero reports whether there is no URL.
func (u URL) IsZero() bool { return u.cell == nil }

// Reveal returns the URL as it was given, with its password.
func (u URL) Reveal() string {
	return u.parts().raw
}

// Equal reports whether both were given by the same text.
func (u URL) Equal(v URL) bool { return u.Reveal() == v.Reveal() }

// Addrs returns the host:port pairs, or the one path of a socket.
func (u URL) Addrs() []string {
	return slices.Clone(u.parts().addrs)
}

// DB returns the number of the database.
func (u URL) DB() int {
	return u.parts().db
}

// Password returns the password, if the URL has one.
func (u URL) Password() Secret {
	return NewSecret(u.parts().pass)
}

// Loopback reports whether every address is on this machine: a socket, an
// address of the loopback network, or localhost.
func (u URL) Loopback() bool {
	p := u.parts()
	return p.kind == kindSocket || len(p.addrs) > 0 && !slices.ContainsFunc(p.addrs, func(addr string) bool {
		host, _, _ := net.SplitHostPort(addr)
		return host != "localhost" && !net.ParseIP(host).IsLoopback()
	})
}

// String returns the URL with "***" for its password and other secrets.
func (u URL) String() string { return RedactURL(u.Reveal()) }

// GoString is String for %#v.
func (u URL) GoString() string { return fmt.Sprintf("devenv.URL(%q)", u.String()) }

// Format redacts under every verb.
func (u URL) Format(f fmt.State, verb rune) { formatRedacted(f, verb, u.String(), u.GoString()) }

// MarshalText redacts for encoding/json and its like.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue redacts for log/slog.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }
