package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ory/dockertest/v3"
	"github.com/redis/go-redis/v9"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	tcredis "github.com/testcontainers/testcontainers-go/modules/redis"

	"github.com/redkit-dev/redkit/redistest"
)

// oneTest measures one more isolated test: the way to a clean server, a SET,
// and the way back.
func (b *bench) oneTest() ([]comparison, error) {
	leased := func() error {
		return b.test(func(tb redistest.TB) {
			if err := redistest.Start(tb, redistest.Native()).Client().Set(b.ctx, "k", "v", 0).Err(); err != nil {
				tb.Fatalf("%v", err)
			}
		})
	}
	hold := &body{ctx: b.ctx}
	defer hold.end()
	srv := redistest.Start(hold, redistest.Native())
	const warm = 200
	medians, err := turns(15, times(warm, leased),
		times(warm, func() error { return srv.Client().Ping(b.ctx).Err() }),
		times(warm, func() error { return b.fresh(srv) }))
	if err != nil {
		return nil, err
	}
	ours, ping, fresh := medians[0]/warm, medians[1]/warm, medians[2]/warm
	b.one = ours
	process, err := turns(7, b.processPerTest)
	if err != nil {
		return nil, err
	}
	rows := []comparison{
		within("a clean native test, connection lent", ours, "PING on its unix socket", ping, 12, "lease, first command, return of a flushed database"),
		within("the same by hand, connection opened", fresh, "PING on its unix socket", ping, 0, "NewClient, dial, SET, FLUSHDB ASYNC, close"),
		faster("200 native tests", 200*ours, "a redis-server per test, SIGTERM", 200*process[0], 50, "rival: median of 7 x 200"),
	}
	if b.image == "" {
		fmt.Fprintln(os.Stderr, "containers are left out: give an image with -image or REDISTEST_IMAGES")
		return rows, nil
	}
	containers, err := turns(4, b.testcontainerPerTest, b.dockertestPerTest)
	if err != nil {
		return nil, err
	}
	return append(rows,
		faster("a clean native test", ours, "testcontainers: a container per test", containers[0], 500, "rival: median of 4"),
		faster("200 native tests", 200*ours, "testcontainers: a container per test", 200*containers[0], 300, "rival: median of 4 x 200"),
		faster("200 native tests", 200*ours, "dockertest: a container per test", 200*containers[1], 200, "rival: median of 4 x 200"),
	), nil
}

// fresh does what a test does with a connection of its own, by hand.
func (b *bench) fresh(srv *redistest.Server) error {
	opts := srv.Options()
	opts.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", srv.Addr())
	}
	c := redis.NewClient(opts)
	defer c.Close()
	if err := c.Set(b.ctx, "k", "v", 0).Err(); err != nil {
		return err
	}
	return c.FlushDBAsync(b.ctx).Err()
}

// usePlain sets a key through a client with the options redistest gives.
func (b *bench) usePlain(addr string) error {
	c := redis.NewClient(&redis.Options{Addr: addr, DisableIdentity: true, MaxRetries: -1, DialerRetries: 1})
	defer c.Close()
	return c.Set(b.ctx, "k", "v", 0).Err()
}

// processPerTest boots a server and ends it with SIGTERM, as most do.
func (b *bench) processPerTest() error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	cmd := exec.CommandContext(b.ctx, "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", dir)
	if err := cmd.Start(); err != nil {
		return err
	}
	for b.usePlain(socket) != nil {
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return cmd.Wait()
}

func (b *bench) testcontainerPerTest() error {
	c, err := tcredis.Run(b.ctx, b.image, testcontainers.WithLogger(log.NewNoopLogger()),
		testcontainers.WithCmd("redis-server", "--protected-mode", "no"))
	if err != nil {
		return errors.Join(err, testcontainers.TerminateContainer(c))
	}
	return errors.Join(b.useContainer(c), c.Terminate(b.ctx))
}

func (b *bench) useContainer(c *tcredis.RedisContainer) error {
	url, err := c.ConnectionString(b.ctx)
	if err != nil {
		return err
	}
	opts, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	return b.usePlain(opts.Addr)
}

func (b *bench) dockertestPerTest() error {
	pool, err := dockertest.NewPool("")
	if err != nil {
		return err
	}
	repository, tag := splitImage(b.image)
	c, err := pool.RunWithOptions(&dockertest.RunOptions{Repository: repository, Tag: tag,
		Cmd: []string{"redis-server", "--save", "", "--protected-mode", "no"}})
	if err != nil {
		return err
	}
	err = pool.Retry(func() error { return b.usePlain(c.GetHostPort("6379/tcp")) })
	return errors.Join(err, pool.Purge(c))
}
