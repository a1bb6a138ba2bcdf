package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// parseSentinel reads user:password@host:port,host:port/db?master_name=name,
// what stands behind sentinel://, and finds the master now and for each
// connection after a failover. kombu's list of whole URLs is read, too.
func parseSentinel(ctx context.Context, secure bool, text string, trust trust) (end Endpoint, db int, err error) {
	u, err := url.Parse("sentinel://" + oneList(text))
	if err != nil || u.Host == "" || u.Query().Get("master_name") == "" {
		return end, 0, errURL
	}
	if path := strings.Trim(u.Path, "/"); path != "" {
		if db, err = strconv.Atoi(path); err != nil {
			return end, 0, errURL
		}
	}
	password, _ := u.User.Password()
	s := sentinels{addrs: strings.Split(u.Host, ","), master: u.Query().Get("master_name"), username: u.Query().Get("sentinel_username"), password: u.Query().Get("sentinel_password")}
	if secure {
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if err := trust.apply(s.tls); err != nil {
		return end, 0, err
	}
	addr, err := s.find(ctx)
	if err != nil {
		return end, 0, err
	}
	return Endpoint{Network: "tcp", Addr: addr, Username: u.User.Username(), Password: password, TLS: s.tls, Dial: s.dial}, db, nil
}

// wholeURLs is where one URL of kombu's list ends and the next begins.
var wholeURLs = lazy.Regexp(`(?:/\d*)?;(?:redis\+|rediss\+)?sentinel://`)

// oneList makes one list of hosts of kombu's list of URLs, each of which may
// repeat the credentials.
func oneList(text string) string {
	hosts, query, _ := strings.Cut(text, "?")
	list := strings.Split(wholeURLs().ReplaceAllString(hosts, ","), ",")
	for i, host := range list[1:] {
		list[i+1] = host[strings.LastIndex(host, "@")+1:]
	}
	return strings.Join(list, ",") + "?" + query
}

// sentinels know where a master is.
type sentinels struct {
	addrs              []string
	master             string
	username, password string
	tls                *tls.Config // of sentinels and masters alike; nil: none
}

// find asks one sentinel after the other.
func (s sentinels) find(ctx context.Context) (string, error) {
	var errs []error
	for _, addr := range s.addrs {
		end := Endpoint{Network: "tcp", Addr: addr, Username: s.username, Password: s.password, TLS: s.tls}
		opts := end.options(nil)
		opts.MaxRetries = -1
		c := redis.NewSentinelClient(opts)
		hostPort, err := c.GetMasterAddrByName(ctx, s.master).Result()
		_ = c.Close()
		if err == nil && len(hostPort) == 2 {
			return net.JoinHostPort(hostPort[0], hostPort[1]), nil
		}
		errs = append(errs, fmt.Errorf("ask sentinel %s for master %q: %w", addr, s.master, err))
	}
	return "", errors.Join(errs...)
}

// dial goes to the address the master had, and asks again when nobody answers.
func (s sentinels) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := s.open(ctx, network, addr)
	if err == nil {
		return conn, nil
	}
	now, findErr := s.find(ctx)
	if findErr != nil {
		return nil, errors.Join(err, findErr)
	}
	return s.open(ctx, network, now)
}

func (s sentinels) open(ctx context.Context, network, addr string) (net.Conn, error) {
	return Endpoint{Network: network, Addr: addr, TLS: s.tls}.open(ctx)
}
