package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/process"
)

// server is a client of a redis-server of our own on loopback, or of the one
// that REDISTEST_URL names; stop ends what was started.
func server(ctx context.Context) (url string, stop func() error, err error) {
	if url := os.Getenv("REDISTEST_URL"); url != "" {
		return url, func() error { return nil }, nil
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", nil, fmt.Errorf("find redis-server: %w: install redis-server, or set REDISTEST_URL to a server that may be emptied", err)
	}
	dir, err := os.MkdirTemp("", "redkit-bench-*")
	if err != nil {
		return "", nil, fmt.Errorf("make the server's directory: %w", err)
	}
	for port := 17000 + os.Getpid()%1000; port < 20000; port += 7 {
		if _, taken := process.Listening(port); taken {
			continue
		}
		child, err := process.StartBound(process.Command{Path: path, Dir: dir, Args: []string{
			"--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", filepath.Clean(dir)}})
		if err != nil {
			return "", nil, fmt.Errorf("boot redis-server: %w", err)
		}
		url := fmt.Sprintf("redis://127.0.0.1:%d/0", port)
		wait, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err = child.Await(wait, 5*time.Millisecond, func(ctx context.Context) error {
			c := connect(url)
			defer c.Close()
			return c.Ping(ctx).Err()
		})
		if err != nil {
			return "", nil, fmt.Errorf("boot redis-server: %w", err)
		}
		return url, child.Remove, nil
	}
	return "", nil, fmt.Errorf("boot redis-server: no free port")
}

// connect opens a client with the settings that every contender uses.
func connect(url string) *redis.Client {
	o, err := redis.ParseURL(url)
	if err != nil {
		panic(err) // the URL is ours, or the user's own: nothing has run yet
	}
	o.PoolSize = 64
	return redis.NewClient(o)
}
