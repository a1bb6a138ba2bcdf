package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
)

// bench is a server of its own, what is measured on it, and how long.
type bench struct {
	rounds int
	span   time.Duration
	server *process.Bound
	addr   string
	client *redis.Client
	app    *celery.App // publishes with plain LPUSH
	dedup  *celery.App // publishes so that a lost reply doubles nothing
	asynq  *asynq.Client
}

func prepare(ctx context.Context, rounds int, span time.Duration) (*bench, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("%w: install it with: apt-get install redis-server", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := listener.Addr().String()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "redkit-bench-celery-")
	if err != nil {
		return nil, err
	}
	server, err := process.StartBound(process.Command{Path: path, Dir: dir,
		Args: []string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--daemonize", "no"}})
	if err != nil {
		return nil, err
	}
	b := &bench{rounds: rounds, span: span, server: server, addr: addr, client: redis.NewClient(&redis.Options{Addr: addr, PoolSize: 128})}
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := server.Await(wait, 20*time.Millisecond, func(ctx context.Context) error { return b.client.Ping(ctx).Err() }); err != nil {
		b.close()
		return nil, err
	}
	b.asynq = asynq.NewClient(asynq.RedisClientOpt{Addr: addr, PoolSize: 128})
	if b.app, err = b.newApp(kombu.Options{NoDedup: true}); err == nil {
		b.dedup, err = b.newApp(kombu.Options{})
	}
	if err != nil {
		b.close()
	}
	return b, err
}

func (b *bench) newApp(opt kombu.Options) (*celery.App, error) {
	opt.Logger = slog.New(slog.DiscardHandler)
	t, err := kombu.New(b.client, opt)
	if err != nil {
		return nil, err
	}
	return celery.New(celery.Settings{Broker: t, IgnoreResult: true, Logger: opt.Logger})
}

func (b *bench) close() {
	if b.asynq != nil {
		_ = b.asynq.Close()
	}
	_ = b.client.Close()
	if err := b.server.Remove(); err != nil {
		fmt.Fprintln(os.Stderr, "end the server:", err)
	}
}

func (b *bench) port() int {
	_, port, _ := net.SplitHostPort(b.addr)
	n, _ := strconv.Atoi(port)
	return n
}
