package devenv

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

type urlParts struct {
	raw        string
	kind       urlKind
	tls        bool
	user, pass string
	addrs      []string // host:port, or one path
	db         int
	dbFirst    bool // the database stands behind the first sentinel, too
	master     string
	query      url.Values
}

type urlKind string

const (
	kindSingle   urlKind = "single"
	kindSocket   urlKind = "socket"
	kindSentinel urlKind = "sentinel"
	kindCluster  urlKind = "cluster"
)

type urlScheme struct {
	kind urlKind
	tls  bool
	port string // default
}

var urlSchemes = map[string]urlScheme{
	"redis":          {kindSingle, false, "6379"},
	"rediss":         {kindSingle, true, "6379"},
	"unix":           {kindSocket, false, ""},
	"redis+socket":   {kindSocket, false, ""},
	"sentinel":       {kindSentinel, false, "26379"},
	"redis+cluster":  {kindCluster, false, "6379"},
	"cluster":        {kindCluster, false, "6379"},
	"rediss+cluster": {kindCluster, true, "6379"},
}

const urlForms = "redis://, rediss://, unix://, redis+socket://, sentinel:// or redis+cluster://"

func parseURL(raw string) (*urlParts, error) {
	name, rest, ok := strings.Cut(raw, "://")
	scheme, known := urlSchemes[strings.ToLower(name)]
	switch {
	case !ok:
		return nil, fmt.Errorf("no scheme: want %s", urlForms)
	case !known:
		return nil, fmt.Errorf("scheme %q is not known: want %s", printable(name), urlForms)
	}
	p := &urlParts{raw: raw, kind: scheme.kind, tls: scheme.tls}
	rest, rawQuery, _ := strings.Cut(rest, "?")
	var err error
	if p.query, err = url.ParseQuery(rawQuery); err != nil {
		return nil, fmt.Errorf("the options after '?' are not key=value pairs joined by '&'")
	}
	for key := range p.query {
		if !plainOption().MatchString(key) {
			return nil, fmt.Errorf("an option's name has characters other than a-z, 0-9 and _: if '?' or '&' belong to the password, percent-encode them (%%3F %%26)")
		}
	}
	if p.kind == kindSentinel { // they have no scheme of their own for it: kombu goes by these options, too
		p.tls = slices.ContainsFunc(slices.Collect(maps.Keys(p.query)), func(key string) bool { return strings.HasPrefix(key, "ssl_") })
	}
	switch scheme.kind {
	case kindSocket:
		err = p.parseSocket(rest)
	case kindSentinel:
		if err = p.oneDatabase(rest); err == nil {
			err = p.parseHosts(sentinelSplit().ReplaceAllString(rest, ","), scheme.port)
		}
	default:
		err = p.parseHosts(rest, scheme.port)
	}
	if err != nil {
		return nil, err
	}
	if p.kind == kindSingle && len(p.addrs) > 1 {
		return nil, fmt.Errorf("%d hosts in one %s:// URL: want one, or redis+cluster:// or sentinel://", len(p.addrs), name)
	}
	return p, p.parseQuery()
}

// sentinelSplit joins kombu's list of whole URLs to one list of hosts.
var sentinelSplit = lazy.Regexp(`(?:/\d*)?;(?:sentinel://)?`)

// oneDatabase refuses sentinels with different databases behind them: kombu
// takes the first, and others the last.
func (p *urlParts) oneDatabase(text string) error {
	var dbs []string
	for i, sentinel := range strings.Split(text, ";") {
		sentinel = strings.TrimPrefix(sentinel, "sentinel://")
		if at := strings.LastIndex(sentinel, "@"); at >= 0 {
			sentinel = sentinel[at+1:]
		}
		if _, db, found := strings.Cut(sentinel, "/"); found && db != "" {
			dbs = append(dbs, db)
			p.dbFirst = p.dbFirst || i == 0
		}
	}
	if len(slices.Compact(dbs)) > 1 {
		return errors.New("there are different databases behind the sentinels: want the same behind each")
	}
	return nil
}

var plainOption = lazy.Regexp(`^[A-Za-z0-9_]+$`)

func (p *urlParts) parseUserinfo(text string) (rest string, err error) {
	at := strings.LastIndex(text, "@")
	if at < 0 {
		return text, nil
	}
	user, pass, both := strings.Cut(text[:at], ":")
	if p.user, err = url.PathUnescape(user); err != nil {
		return "", fmt.Errorf("the user name has a bad %%-escape: write %%25 for a percent sign")
	}
	if p.pass, err = url.PathUnescape(pass); err != nil {
		return "", fmt.Errorf("the password has a bad %%-escape: write %%25 for a percent sign")
	}
	if strings.ContainsAny(text[:at], "/@?#") {
		return "", fmt.Errorf("the user name or password holds one of / @ ? #: percent-encode it (%%2F %%40 %%3F %%23)")
	}
	if both && p.pass == "" && p.user != "" {
		return "", fmt.Errorf("user %q has an empty password", printable(p.user))
	}
	return text[at+1:], nil
}

func (p *urlParts) parseSocket(text string) error {
	path, err := p.parseUserinfo(text)
	if err != nil {
		return err
	}
	if path, err = url.PathUnescape(path); err != nil || !strings.HasPrefix(path, "/") {
		return fmt.Errorf("want an absolute path after '://', as in unix:///run/redis.sock")
	}
	p.addrs = []string{path}
	return nil
}

func (p *urlParts) parseHosts(text, port string) error {
	// Several sentinels may each repeat the credentials; they must agree.
	var hosts []string
	for i, piece := range strings.Split(text, ",") {
		var q urlParts
		rest, err := q.parseUserinfo(piece)
		if err != nil {
			return err
		}
		switch {
		case i == 0:
			p.user, p.pass = q.user, q.pass
		case (q.user != "" || q.pass != "") && (q.user != p.user || q.pass != p.pass):
			return fmt.Errorf("the hosts have different users or passwords: want the same for all, before the first host")
		}
		hosts = append(hosts, rest)
	}
	last := len(hosts) - 1
	var db string
	hosts[last], db, _ = strings.Cut(hosts[last], "/")
	if db != "" {
		if err := p.setDB(db, "the path"); err != nil {
			return err
		}
	}
	for _, h := range hosts {
		addr, err := hostPort(h, port)
		if err != nil {
			return err
		}
		p.addrs = append(p.addrs, addr)
	}
	return nil
}

func hostPort(text, port string) (string, error) {
	if text == "" {
		text = "localhost"
	}
	u, err := url.Parse("//" + text)
	if err != nil || u.Host != text || strings.ContainsAny(u.Hostname(), " \t") {
		return "", fmt.Errorf("want host or host:port, with IPv6 in brackets")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		// The number is not shown: it may be a password whose @host is missing.
		return "", fmt.Errorf("the port is not in 1 to 65535")
	}
	host := u.Hostname()
	if host == "" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), nil
}

func (p *urlParts) setDB(text, where string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("the database in %s is no number from 0 up", where)
	}
	if n > 0 && p.kind == kindCluster {
		return fmt.Errorf("database %d: a cluster has only database 0", n)
	}
	p.db = n
	return nil
}

// parseQuery takes the options that belong to the address; the others are
// the client's and checked by clientOptions.
func (p *urlParts) parseQuery() error {
	for _, key := range []string{"db", "virtual_host"} { // redis-py's name and kombu's
		if v := p.query.Get(key); v != "" {
			if err := p.setDB(strings.TrimPrefix(v, "/"), "option "+key); err != nil {
				return err
			}
		}
	}
	p.master = p.query.Get("master_name")
	// As in redis-py, the options win over what stands before the '@'.
	p.user = firstNonEmpty(p.query.Get("username"), p.user)
	p.pass = firstNonEmpty(p.query.Get("password"), p.pass)
	return nil
}
