package redistest

import (
	"fmt"
	"os"
	"strconv"
)

// The environment of a run. Each name is read when a test starts.
const (
	envEngine  = "REDISTEST_ENGINE"  // fake, native or external: the default of Start
	envServer  = "REDISTEST_SERVER"  // path of a redis-server or valkey-server
	envServers = "REDISTEST_SERVERS" // a path list of them, for Versions
	envURL     = "REDISTEST_URL"     // a server that runs already
	envRequire = "REDISTEST_REQUIRE" // 1: a missing engine fails instead of skipping
	envHold    = "REDISTEST_HOLD"    // how long the servers of a failed test stay, such as 10m
)

// Fake makes Start use an in-process fake on a loopback port. It is the
// default where REDISTEST_ENGINE names no other.
func Fake() Option { return With(fakeEngine{}) }

// Native makes Start use a redis-server of this machine: the binary at
// REDISTEST_SERVER, else redis-server or valkey-server on PATH.
func Native() Option { return With(nativeEngine{path: os.Getenv(envServer)}) }

// External makes Start use the server at url, which runs already; an empty
// url means REDISTEST_URL. Tests lease its free databases and leave all
// others, and every key they do not own, alone. Forms:
//
//	redis://[user:password@]host:port[/db]        rediss:// over TLS
//	unix://[user:password@]/path/to.sock[?db=0]
//	redis+cluster://host:port                     rediss+cluster:// over TLS
//	sentinel://[user:password@]host:port,host:port/0?master_name=mymaster
//	                                              rediss+sentinel:// over TLS
//
// db is where the leases are written down. Over TLS, ssl_ca_certs,
// ssl_certfile and ssl_keyfile name PEM files, and ssl_cert_reqs=none checks
// nothing; sentinel_username and sentinel_password are for the sentinels.
func External(url string) Option {
	if url == "" {
		url = os.Getenv(envURL)
	}
	return With(externalEngine{url: url})
}

// Real makes Start use a real server: the one at REDISTEST_URL if that is
// set, else one as Native gives it.
func Real() Option {
	if os.Getenv(envURL) != "" {
		return External("")
	}
	return Native()
}

// choose returns the engine the options or the environment name; named tells
// that the environment did, which makes a missing engine a failure.
func (set *settings) choose() (e Engine, named bool, err error) {
	if set.engine != nil {
		return set.engine, false, nil
	}
	switch name := os.Getenv(envEngine); name {
	case "":
		Fake()(set)
		return set.engine, false, nil
	case "fake":
		Fake()(set)
	case "native":
		Native()(set)
	case "external":
		External("")(set)
	default:
		return nil, true, fmt.Errorf("%s=%q: want fake, native or external; a container engine is passed with redistest.With", envEngine, name)
	}
	return set.engine, true, nil
}

// required reports whether a missing engine fails the test.
func required() (bool, error) {
	text := os.Getenv(envRequire)
	if text == "" {
		return false, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("%s=%q: want 1 or 0", envRequire, text)
	}
	return yes, nil
}
