package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/fixtures"
)

// large measures, on one native server of many keys, what seed and backup take.
func large(ctx context.Context, dir string, keys, rounds int) (results []comparison, err error) {
	s, err := settings(filepath.Join(dir, "seed"), "native", "single")
	if err != nil {
		return nil, err
	}
	env := devenv.New(s, devenv.Options{})
	if _, err := env.Up(ctx, devenv.UpOptions{}); err != nil {
		return nil, err
	}
	defer func() {
		_, stopped := env.Down(context.WithoutCancel(ctx), devenv.DownOptions{Volumes: true})
		err = errors.Join(err, stopped)
	}()
	i := s.Instances()[0]
	client := redis.NewClient(&redis.Options{Addr: i.Addr(), ReadTimeout: time.Minute})
	defer client.Close()
	// The broker of a million small messages is larger than its limit here.
	if err := client.ConfigSet(ctx, "maxmemory", "0").Err(); err != nil {
		return nil, err
	}
	seed, err := seeding(ctx, client, i, keys, rounds)
	if err != nil {
		return nil, err
	}
	backup, err := backingUp(ctx, env, s, client, keys, rounds)
	return []comparison{seed, backup}, err
}

// seeding measures a generated set against redis-cli --pipe of the very bytes
// that it wrote, in turns.
func seeding(ctx context.Context, client *redis.Client, i devenv.Instance, keys, rounds int) (c comparison, err error) {
	cli, err := exec.LookPath("redis-cli")
	if err != nil {
		return c, err
	}
	set, err := fixtures.Generate("bench", fixtures.Generator{In: fixtures.Broker, Count: keys})
	if err != nil {
		return c, err
	}
	if err := set.Apply(ctx, client); err != nil {
		return c, err
	}
	protocol, err := readBack(ctx, client, keys)
	if err != nil {
		return c, err
	}
	var ours, pipe []time.Duration
	for range rounds {
		for _, one := range []struct {
			into *[]time.Duration
			run  func() error
		}{
			{&ours, func() error { return set.Apply(ctx, client) }},
			{&pipe, func() error {
				cmd := exec.CommandContext(ctx, cli, "-h", i.Host, "-p", fmt.Sprint(i.Port), "--pipe")
				cmd.Stdin = bytes.NewReader(protocol)
				if out, err := cmd.CombinedOutput(); err != nil {
					return fmt.Errorf("redis-cli --pipe: %w\n%s", err, out)
				}
				return nil
			}},
		} {
			if err := client.FlushAll(ctx).Err(); err != nil { // to make keys costs more than to replace them
				return c, err
			}
			begin := time.Now()
			if err := one.run(); err != nil {
				return c, err
			}
			*one.into = append(*one.into, time.Since(begin))
			if n, err := client.DBSize(ctx).Result(); err != nil || n != int64(keys) {
				return c, fmt.Errorf("%d keys were written, %w, want %d", n, err, keys)
			}
		}
	}
	return compare(fmt.Sprintf("seed of %d keys", keys), ours, "redis-cli --pipe of the same data", pipe, "speed", 0.9), nil
}

// readBack makes the protocol that writes what the server holds.
func readBack(ctx context.Context, client *redis.Client, keys int) ([]byte, error) {
	var b bytes.Buffer
	var cursor uint64
	for {
		names, next, err := client.Scan(ctx, cursor, "*", 5000).Result()
		if err != nil {
			return nil, err
		}
		if len(names) > 0 {
			values, err := client.MGet(ctx, names...).Result()
			if err != nil {
				return nil, err
			}
			for i, name := range names {
				value, ok := values[i].(string)
				if !ok {
					return nil, fmt.Errorf("key %q is no string", name)
				}
				fmt.Fprintf(&b, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(name), name, len(value), value)
			}
		}
		if cursor = next; cursor == 0 {
			return b.Bytes(), nil
		}
	}
}
