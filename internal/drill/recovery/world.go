package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// A world is the environment of one round.
type world struct {
	env      *devenv.Env
	settings *devenv.Settings
}

// environment describes one broker in a directory, on a port that stays the
// same as long as the directory is there.
func environment(dir, server, appendfsync string) (world, error) {
	port, err := portOf(dir)
	if err != nil {
		return world{}, err
	}
	s, err := devenv.Load(devenv.LoadOptions{Root: dir, Environ: []string{
		"REDKIT_BACKEND=native", "REDKIT_PROFILE=single", "REDKIT_WAIT=30s",
		"REDKIT_REDIS_SERVER=" + server, "REDKIT_BROKER_APPENDFSYNC=" + appendfsync, "REDKIT_CACHE_PORT=" + strconv.Itoa(port),
	}})
	if err != nil {
		return world{}, err
	}
	return world{devenv.New(s, devenv.Options{}), s}, nil
}

// start brings up the broker of a new directory. Somebody may take its port
// first: then it takes another.
func start(ctx context.Context, dir, server, appendfsync string) (w world, err error) {
	for range 10 {
		if w, err = environment(dir, server, appendfsync); err != nil {
			return w, err
		}
		if _, err = w.env.Up(ctx, devenv.UpOptions{}); err == nil || devenv.AsFailure(err).Code != "port_in_use" {
			return w, err
		}
		if err := os.Remove(filepath.Join(dir, "port")); err != nil {
			return w, err
		}
	}
	return w, err
}

func (w world) open() (redis.UniversalClient, error) {
	o, err := redis.ParseURL(w.settings.Celery.BrokerURL.Reveal())
	if err != nil {
		return nil, err
	}
	o.PoolSize, o.MaxRetries, o.DialerRetries, o.DisableIdentity, o.Protocol = 1, -1, 1, true, 2
	return redis.NewClient(o), nil
}

// portOf takes a port that is free now, below those that the kernel gives to
// outgoing connections, and remembers it.
func portOf(dir string) (int, error) {
	file := filepath.Join(dir, "port")
	if text, err := os.ReadFile(file); err == nil {
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}
	for range 1000 {
		port := 10000 + rand.IntN(20000)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			return 0, err
		}
		return port, os.WriteFile(file, []byte(strconv.Itoa(port)), 0o600)
	}
	return 0, errors.New("find a port: none of a thousand is free")
}
