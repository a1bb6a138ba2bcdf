package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/compose"
	"github.com/redkit-dev/redkit/devenv"
)

// A bench holds the programs it measures and a directory for their state.
type bench struct {
	dir, mage, listen string
	cache, broker     int // ports
}

func prepare(ctx context.Context, dir string) (*bench, error) {
	b := &bench{dir: dir, mage: filepath.Join(dir, "rk"), listen: filepath.Join(dir, "listen")}
	for _, args := range [][]string{
		{"tool", "mage", "-compile", b.mage},
		{"build", "-o", b.listen, "./internal/bench/up/listen"},
	} {
		if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, out)
		}
	}
	var err error
	if b.cache, err = freePort(); err == nil {
		b.broker, err = freePort()
	}
	return b, err
}

// freePort picks one below the kernel's own range, so that it stays free.
func freePort() (int, error) {
	for range 1000 {
		port := 20000 + int(time.Now().UnixNano()/1000%12000)
		if l, err := net.Listen("tcp", addr(port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, errors.New("no free port between 20000 and 32000")
}

func addr(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// fast measures the backends that need no container, taking turns.
func (b *bench) fast(ctx context.Context, rounds int) ([]comparison, error) {
	server, err := exec.LookPath("redis-server")
	if err != nil {
		fmt.Fprintln(os.Stderr, "native is left out: redis-server is not on PATH")
	}
	var listens, embedded, native, versions []time.Duration
	for range rounds {
		d, err := b.listening(ctx)
		if err != nil {
			return nil, err
		}
		listens = append(listens, d)
		if d, err = b.up(ctx, devenv.BackendEmbedded); err != nil {
			return nil, err
		}
		embedded = append(embedded, d)
		if server == "" {
			continue
		}
		if d, err = timed(func() error { return exec.CommandContext(ctx, server, "--version").Run() }); err != nil {
			return nil, err
		}
		versions = append(versions, d)
		if d, err = b.up(ctx, devenv.BackendNative); err != nil {
			return nil, err
		}
		native = append(native, d)
	}
	results := []comparison{compare("embedded", "a Go process that listens", embedded, median(listens), 10)}
	if server != "" {
		base := 3*median(listens) + 2*median(versions)
		results = append(results, compare("native", "3 x that + 2 x redis-server --version", native, base, 1))
	}
	return results, nil
}

// listening is the time until a Go process accepts a connection.
func (b *bench) listening(ctx context.Context) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, b.listen, addr(b.cache))
	took, err := timed(func() error {
		if err := cmd.Start(); err != nil {
			return err
		}
		for ctx.Err() == nil {
			conn, err := net.Dial("tcp", addr(b.cache))
			if err == nil {
				return conn.Close()
			}
			time.Sleep(100 * time.Microsecond)
		}
		return ctx.Err()
	})
	if cmd.Process != nil {
		err = errors.Join(err, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
	}
	return took, err
}

// up is the time of one `up` from nothing; down follows, not counted.
func (b *bench) up(ctx context.Context, backend devenv.Backend) (time.Duration, error) {
	took, err := timed(func() error { return b.target(ctx, backend, "up") })
	return took, errors.Join(err, b.target(context.WithoutCancel(ctx), backend, "down", "-volumes", "-yes"))
}

func (b *bench) target(ctx context.Context, backend devenv.Backend, args ...string) error {
	cmd := exec.CommandContext(ctx, b.mage, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(),
		"REDKIT_BACKEND="+string(backend), "REDKIT_DIR="+filepath.Join(b.dir, "state"), "REDKIT_PROJECT="+project,
		fmt.Sprintf("REDKIT_CACHE_PORT=%d", b.cache), fmt.Sprintf("REDKIT_BROKER_PORT=%d", b.broker))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", backend, args[0], err, out)
	}
	return nil
}

const project = "redkit-bench-up"

// compose measures up against the same files started by hand, taking turns.
func (b *bench) compose(ctx context.Context, rounds int) ([]comparison, error) {
	settings, err := devenv.Load(devenv.LoadOptions{})
	if err != nil {
		return nil, err
	}
	command, err := exec.LookPath("docker-compose")
	if err == nil {
		err = exec.CommandContext(ctx, "docker", "image", "inspect", settings.Image).Run()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "compose is left out: no docker-compose, no engine or no image %s here (REDKIT_IMAGE)\n", settings.Image)
		return nil, nil
	}
	stack := compose.Stack{Project: project + "-by-hand", Image: settings.Image, CachePort: b.cache, BrokerPort: b.broker}
	files := filepath.Join(b.dir, "by-hand")
	if err := errors.Join(os.Mkdir(files, 0o755), stack.Write(files)); err != nil {
		return nil, err
	}
	byHand := func(ctx context.Context, args ...string) error {
		cmd := exec.CommandContext(ctx, command, stack.Args(files, args...)...)
		cmd.Env = stack.Environ(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("docker-compose %s: %w\n%s", args[0], err, out)
		}
		return nil
	}
	var ours, theirs []time.Duration
	for range rounds {
		d, err := timed(func() error {
			if err := byHand(ctx, append([]string{"up", "-d"}, stack.Services()...)...); err != nil {
				return err
			}
			return errors.Join(ping(ctx, b.cache), ping(ctx, b.broker))
		})
		if err = errors.Join(err, byHand(context.WithoutCancel(ctx), "down", "-v")); err != nil {
			return nil, err
		}
		theirs = append(theirs, d)
		if d, err = b.up(ctx, devenv.BackendCompose); err != nil {
			return nil, err
		}
		ours = append(ours, d)
	}
	return []comparison{compare("compose", "up -d by hand + the first PING", ours, median(theirs), 1.15)}, nil
}

func ping(ctx context.Context, port int) error {
	c := redis.NewClient(&redis.Options{Addr: addr(port), MaxRetries: 1000, MinRetryBackoff: time.Millisecond, MaxRetryBackoff: 5 * time.Millisecond})
	defer c.Close()
	return c.Ping(ctx).Err()
}

func timed(f func() error) (time.Duration, error) {
	begin := time.Now()
	err := f()
	return time.Since(begin), err
}

func median(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[len(sorted)/2]
}

func compare(name, base string, runs []time.Duration, of time.Duration, limit float64) comparison {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	m := median(runs)
	return comparison{Name: name, Base: base, MS: ms(m), OfMS: ms(of), Ratio: ms(m) / ms(of), Limit: limit, Runs: len(runs)}
}
