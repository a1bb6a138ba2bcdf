package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// profiles are the topologies with the names of their rows.
var profiles = []struct{ profile, name string }{
	{"single", "standalone"}, {"sentinel", "sentinel"}, {"cluster", "cluster"},
}

// topologies measures every profile on compose, by hand and native, in turns.
func topologies(ctx context.Context, dir string, rounds int) ([]comparison, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, err
	}
	program, err := composeProgram()
	if err != nil {
		return nil, err
	}
	if err := shareCompose(dir, program); err != nil {
		return nil, err
	}
	var results []comparison
	for _, p := range profiles {
		compose, err := settings(filepath.Join(dir, p.profile, "compose"), "compose", p.profile)
		if err != nil {
			return nil, err
		}
		native, err := settings(filepath.Join(dir, p.profile, "native"), "native", p.profile)
		if err != nil {
			return nil, err
		}
		var ours, hand, alone []time.Duration
		for range rounds {
			for _, one := range []struct {
				into *[]time.Duration
				run  func() (time.Duration, error)
			}{
				{&ours, func() (time.Duration, error) { return up(ctx, compose) }},
				{&hand, func() (time.Duration, error) { return byHand(ctx, compose, program) }},
				{&alone, func() (time.Duration, error) { return up(ctx, native) }},
			} {
				d, err := one.run()
				if err != nil {
					return nil, fmt.Errorf("%s: %w", p.name, err)
				}
				*one.into = append(*one.into, d)
			}
		}
		results = append(results, compare("compose up, "+p.name, ours, "up -d of the same file and readiness", hand, "time", 1.15))
		if p.profile == "cluster" {
			results = append(results, compare("native up, cluster of 6 and a broker", alone, "compose up of the same", ours, "time", 0.1))
		}
	}
	return results, nil
}

// settings are those of an environment of its own on free ports.
func settings(root, backend, profile string) (*devenv.Settings, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	environ := []string{"REDKIT_BACKEND=" + backend, "REDKIT_PROFILE=" + profile, "REDKIT_IMAGE=" + os.Getenv("REDKIT_IMAGE"), "REDKIT_WAIT=2m"}
	for name, count := range map[string]int{"CACHE_PORT": 1, "BROKER_PORT": 1, "CLUSTER_PORTS": 6, "SENTINEL_PORTS": 3, "SENTINEL_DATA_PORTS": 3} {
		ports, err := freePorts(count)
		if err != nil {
			return nil, err
		}
		environ = append(environ, "REDKIT_"+name+"="+ports)
	}
	return devenv.Load(devenv.LoadOptions{Root: root, Environ: environ})
}

var nextPort = 9000

// freePorts finds ports whose twins 10000 above are free too.
func freePorts(n int) (string, error) {
	var found []string
	for ; len(found) < n && nextPort < 12_000; nextPort++ {
		if free(nextPort) && free(nextPort+10_000) {
			found = append(found, fmt.Sprint(nextPort))
		}
	}
	if len(found) < n {
		return "", errors.New("no free ports between 9000 and 12000")
	}
	return strings.Join(found, ","), nil
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// up times Up, and stops the servers.
func up(ctx context.Context, s *devenv.Settings) (time.Duration, error) {
	env := devenv.New(s, devenv.Options{})
	begin := time.Now()
	_, err := env.Up(ctx, devenv.UpOptions{})
	took := time.Since(begin)
	_, stopped := env.Down(context.WithoutCancel(ctx), devenv.DownOptions{Volumes: true})
	return took, errors.Join(err, stopped)
}

// byHand times what a person would type, and ask.
func byHand(ctx context.Context, s *devenv.Settings, program string) (took time.Duration, err error) {
	stack, dir := s.Stack(), filepath.Join(s.Root, "by-hand")
	stack.Project += "-hand"
	if err := errors.Join(os.MkdirAll(dir, 0o755), stack.Write(dir)); err != nil {
		return 0, err
	}
	compose := func(ctx context.Context, args ...string) error {
		cmd := exec.CommandContext(ctx, program, stack.Args(dir, args...)...)
		cmd.Env = stack.Environ(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("compose %s: %w\n%s", args[0], err, out)
		}
		return nil
	}
	defer func() { err = errors.Join(err, compose(context.WithoutCancel(ctx), "down", "-v")) }()
	begin := time.Now()
	if err := compose(ctx, append([]string{"up", "-d"}, stack.Services()...)...); err != nil {
		return 0, err
	}
	if err := ready(ctx, s); err != nil {
		return 0, err
	}
	return time.Since(begin), nil
}

// ready waits until every server does what it is for.
func ready(ctx context.Context, s *devenv.Settings) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, i := range s.Instances() {
		client := redis.NewClient(&redis.Options{Addr: i.Addr(), Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialerRetries: 1})
		for {
			wrong := asks(ctx, client, i)
			if wrong == nil {
				break
			}
			select {
			case <-ctx.Done():
				return errors.Join(fmt.Errorf("%s: %w", i.Name, wrong), client.Close())
			case <-time.After(20 * time.Millisecond):
			}
		}
		if err := client.Close(); err != nil {
			return err
		}
	}
	return nil
}

// asks fails until one server is in order: it answers, a node of a cluster
// knows three replicas and serves, a replica has its master's data, a sentinel
// sees its quorum.
func asks(ctx context.Context, client *redis.Client, i devenv.Instance) error {
	if err := client.Ping(ctx).Err(); err != nil {
		return err
	}
	if i.Watches {
		text, err := client.Info(ctx, "sentinel").Result()
		if err == nil && !strings.Contains(text, "slaves=2,sentinels=3") {
			err = errors.New(text)
		}
		return err
	}
	if i.Group == "" {
		return nil
	}
	text, err := client.Info(ctx, "replication").Result()
	if err == nil && strings.Contains(text, "master_link_status:down") {
		err = errors.New("its master's data are not there")
	}
	if err != nil || i.Group != "cluster" {
		return err
	}
	state, err := client.ClusterInfo(ctx).Result()
	if err == nil && !strings.Contains(state, "cluster_state:ok") {
		err = errors.New(state)
	}
	if err != nil {
		return err
	}
	nodes, err := client.ClusterNodes(ctx).Result()
	if err == nil && strings.Count(nodes, "slave") != 3 {
		err = errors.New(nodes)
	}
	return err
}

// shareCompose has both sides call the same program, where docker finds it
// first: compose 1.29 takes three times as long as 2.x.
func shareCompose(dir, program string) error {
	plugins := filepath.Join(dir, "docker", "cli-plugins")
	if err := os.MkdirAll(plugins, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(program, filepath.Join(plugins, "docker-compose")); err != nil {
		return err
	}
	return os.Setenv("DOCKER_CONFIG", filepath.Dir(plugins))
}

func composeProgram() (string, error) {
	for _, path := range []string{os.Getenv("REDISTEST_COMPOSE"), "/usr/libexec/docker/cli-plugins/docker-compose", "/usr/lib/docker/cli-plugins/docker-compose", "docker-compose"} {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", errors.New("no docker-compose: install it, or name one in REDISTEST_COMPOSE")
}
