package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/redkit-dev/redkit/redistest"
)

// plainOptions are the client options that redistest gives, for other servers.
func plainOptions() *redis.Options {
	return &redis.Options{
		ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10,
		DisableIdentity: true, PipelinePoolSize: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// advance measures Advance over 10,000 keys against one PTTL and one PEXPIRE
// per key from the client, on both transports.
func (b *bench) advance() ([]comparison, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	hold := &body{ctx: b.ctx}
	defer hold.end()
	own := redistest.Start(hold, redistest.Native(), redistest.Conf("port "+port, "bind 127.0.0.1", "databases 16"))
	var rows []comparison
	for _, t := range []struct {
		name, url string
		limit     float64
	}{{"TCP", "redis://127.0.0.1:" + port, 20}, {"a unix socket", own.URL(), 8}} {
		srv := redistest.Start(hold, redistest.External(t.url))
		if err := b.fill(srv.Client(), 10_000); err != nil {
			return nil, err
		}
		medians, err := turns(3, times(10, func() error { return srv.Advance(b.ctx, time.Second) }), func() error { return b.oneByOne(srv.Client()) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, faster("Advance over 10,000 keys, "+t.name, medians[0]/10, "PTTL and PEXPIRE per key", medians[1], t.limit, "rival: median of 3"))
	}
	return rows, nil
}

func (b *bench) fill(c *redis.Client, n int) error {
	_, err := c.Pipelined(b.ctx, func(p redis.Pipeliner) error {
		for i := range n {
			p.Set(b.ctx, fmt.Sprint("key:", i), "v", 1000*time.Hour)
		}
		return nil
	})
	return err
}

// oneByOne moves each key a second nearer from the client.
func (b *bench) oneByOne(c *redis.Client) error {
	for iter := c.Scan(b.ctx, 0, "*", 1000).Iterator(); ; {
		if !iter.Next(b.ctx) {
			return iter.Err()
		}
		left, err := c.PTTL(b.ctx, iter.Val()).Result()
		if err != nil {
			return err
		}
		if err := c.PExpire(b.ctx, iter.Val(), left-time.Second).Err(); err != nil {
			return err
		}
	}
}

var clusterLine = regexp.MustCompile(`way=(\w+)\S*\s+\d+\s+([\d.]+) ns/op`)

// cluster runs the benchmark beside the cluster's code, which builds both ways
// from the same parts.
func (b *bench) cluster() ([]comparison, error) {
	out, err := exec.CommandContext(b.ctx, "go", "test", "-run=^$", "-bench=^BenchmarkCluster$", "-benchtime=5x", "./redistest").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark the cluster: %w\n%s", err, out)
	}
	took := map[string]time.Duration{}
	for _, m := range clusterLine.FindAllStringSubmatch(string(out), -1) {
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, err
		}
		took[m[1]] = time.Duration(ns)
	}
	if took["redistest"] == 0 || took["addslots"] == 0 {
		return nil, fmt.Errorf("the benchmark of the cluster printed no times:\n%s", out)
	}
	return []comparison{faster("cluster of 3 masters, all slots serve writes", took["redistest"], "ADDSLOTS and MEET", took["addslots"], 10, "mean of 5")}, nil
}

// memory holds 1,000 leases with one idle connection each.
func (b *bench) memory() (rows []comparison, err error) {
	err = b.test(func(tb redistest.TB) {
		var srv *redistest.Server
		for range 1000 {
			srv = redistest.Start(tb, redistest.Native())
			if err := srv.Client().Ping(b.ctx).Err(); err != nil {
				tb.Fatalf("%v", err)
			}
		}
		info, err := srv.Client().InfoMap(b.ctx, "memory").Result()
		if err != nil {
			tb.Fatalf("%v", err)
		}
		rss, err := strconv.ParseFloat(info["Memory"]["used_memory_rss"], 64)
		if err != nil {
			tb.Fatalf("%v", err)
		}
		mb := rss / (1 << 20)
		rows = []comparison{{Name: "RSS of a native server, 1,000 leases with a connection each", Value: mb, Base: "40 MB", Of: 40, Unit: "MB", Ratio: mb / 40, Limit: 1}}
	})
	return rows, err
}

// heavy are the packages that a test which imports only redistest must not link.
var heavy = []string{"github.com/testcontainers", "github.com/docker", "github.com/moby", "go.opentelemetry.io"}

// linked counts the packages a test links.
func (b *bench) linked() ([]comparison, error) {
	count := func(pattern string) (all, bad int, err error) {
		out, err := exec.CommandContext(b.ctx, "go", "list", "-deps", pattern).Output()
		if err != nil {
			return 0, 0, fmt.Errorf("list what %s links: %w", pattern, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			all++
			if slices.ContainsFunc(heavy, func(h string) bool { return strings.HasPrefix(dep, h) }) {
				bad++
			}
		}
		return all, bad, nil
	}
	ours, bad, err := count("./redistest")
	if err != nil {
		return nil, err
	}
	theirs, _, err := count("github.com/testcontainers/testcontainers-go/modules/redis")
	if err != nil {
		return nil, err
	}
	if bad > 0 {
		return nil, errors.New("redistest links container or telemetry packages")
	}
	return []comparison{{Name: "packages linked by redistest", Value: float64(ours), Base: "the testcontainers redis module alone", Of: float64(theirs),
		Unit: "packages", Ratio: float64(ours) / float64(theirs), Limit: 1, Note: "none of testcontainers, docker, moby, opentelemetry"}}, nil
}
