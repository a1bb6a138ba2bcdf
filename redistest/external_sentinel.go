package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// parseSentinel reads sentinel://user:password@host:port,host:port/db?master_name=name,
// and finds the master now and for each connection after a failover.
func parseSentinel(ctx context.Context, text string) (end Endpoint, db int, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Query().Get("master_name") == "" {
		return end, 0, errURL
	}
	if path := strings.Trim(u.Path, "/"); path != "" {
		if db, err = strconv.Atoi(path); err != nil {
			return end, 0, errURL
		}
	}
	password, _ := u.User.Password()
	s := sentinels{addrs: strings.Split(u.Host, ","), master: u.Query().Get("master_name"), password: u.Query().Get("sentinel_password")}
	addr, err := s.find(ctx)
	if err != nil {
		return end, 0, err
	}
	return Endpoint{Network: "tcp", Addr: addr, Username: u.User.Username(), Password: password, Dial: s.dial}, db, nil
}

// sentinels know where a master is.
type sentinels struct {
	addrs            []string
	master, password string
}

// find asks one sentinel after the other.
func (s sentinels) find(ctx context.Context) (string, error) {
	var errs []error
	for _, addr := range s.addrs {
		opts := Endpoint{Network: "tcp", Addr: addr, Password: s.password}.options(nil)
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
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err == nil {
		return conn, nil
	}
	now, findErr := s.find(ctx)
	if findErr != nil {
		return nil, errors.Join(err, findErr)
	}
	return (&net.Dialer{}).DialContext(ctx, network, now)
}
