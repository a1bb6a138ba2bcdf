package main

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// splitImage cuts the tag off an image.
func splitImage(image string) (repository, tag string) {
	i := strings.LastIndex(image, ":")
	if i < strings.LastIndex(image, "/") {
		i = -1
	}
	if i < 0 {
		return image, "latest"
	}
	return image[:i], image[i+1:]
}

// boot measures the first real server against the start of its program.
func (b *bench) boot() ([]comparison, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, err
	}
	var took [3][]time.Duration
	for range 25 {
		for i, databases := range []string{"1024", "10000"} {
			if err := b.test(func(tb redistest.TB) {
				start := time.Now()
				redistest.Start(tb, redistest.Native(), redistest.Conf("databases "+databases))
				took[i] = append(took[i], time.Since(start)) // Start has had a PONG
			}); err != nil {
				return nil, err
			}
		}
		start := time.Now()
		if err := exec.CommandContext(b.ctx, binary, "--version").Run(); err != nil {
			return nil, err
		}
		took[2] = append(took[2], time.Since(start))
	}
	medians := [3]time.Duration{median(took[0]), median(took[1]), median(took[2])}
	return []comparison{
		within("first native server, 1,024 databases", medians[0], "redis-server --version", medians[2], 1.6, "until the first PONG"),
		within("first native server, 10,000 databases", medians[1], "redis-server --version", medians[2], 2.2, "until the first PONG"),
	}, nil
}

// fakes measures the in-process servers against plain miniredis.
func (b *bench) fakes() ([]comparison, error) {
	ping := func(opts ...redistest.Option) way {
		return func() error {
			return b.test(func(tb redistest.TB) {
				if err := redistest.Start(tb, opts...).Client().Ping(b.ctx).Err(); err != nil {
					tb.Fatalf("%v", err)
				}
			})
		}
	}
	const n = 50
	medians, err := turns(15, times(n, ping(redistest.Fake())), times(n, b.miniredis))
	if err != nil {
		return nil, err
	}
	bubble, err := b.bubble()
	if err != nil {
		return nil, err
	}
	return []comparison{
		within("fake, start to first PING and end", medians[0]/n, "miniredis and go-redis, same options", medians[1]/n, 1.15, ""),
		within("bubble, start to first PING and end", bubble, "miniredis and go-redis, same options", medians[1]/n, 0.4, "inside synctest"),
	}, nil
}

func (b *bench) miniredis() error {
	m, err := miniredis.Run()
	if err != nil {
		return err
	}
	defer m.Close()
	opts := plainOptions()
	opts.Addr = m.Addr()
	c := redis.NewClient(opts)
	defer c.Close()
	return c.Ping(b.ctx).Err()
}

var bubbleLine = regexp.MustCompile(`(?m)^bubble (\d+) ns$`)

// bubble runs TestBubble, since a bubble needs a test to be in.
func (b *bench) bubble() (time.Duration, error) {
	out, err := exec.CommandContext(b.ctx, "go", "test", "-count=1", "-run=^TestBubble$", "-v", "./internal/bench/redistest").CombinedOutput()
	m := bubbleLine.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, fmt.Errorf("measure a bubble: %w\n%s", err, out)
	}
	ns, err := strconv.ParseInt(string(m[1]), 10, 64)
	return time.Duration(ns), err
}

// freePort is a port that was free a moment ago.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
