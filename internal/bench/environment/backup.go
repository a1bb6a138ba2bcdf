package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// backingUp measures a backup against what a person does: BGSAVE, wait for its
// end, copy the file to where it stays, in turns.
func backingUp(ctx context.Context, env *devenv.Env, s *devenv.Settings, client *redis.Client, keys, rounds int) (c comparison, err error) {
	dir, err := client.ConfigGet(ctx, "dir").Result()
	if err != nil {
		return c, err
	}
	var ours, hand []time.Duration
	for range rounds {
		begin := time.Now()
		b, err := env.Backup(ctx, devenv.BackupOptions{})
		if err != nil {
			return c, err
		}
		ours = append(ours, time.Since(begin))
		if n := b.Services[0].Total(); n != int64(keys) {
			return c, fmt.Errorf("the backup has %d keys, want %d", n, keys)
		}
		begin = time.Now()
		if err := saveAndCopy(ctx, client, filepath.Join(dir["dir"], "dump.rdb"), filepath.Join(s.Root, "by-hand.rdb")); err != nil {
			return c, err
		}
		hand = append(hand, time.Since(begin))
	}
	return compare(fmt.Sprintf("backup of %d keys", keys), ours, "BGSAVE and a copy of its file", hand, "time", 1.2), nil
}

// saveAndCopy has the server save, and copies the file to the disk.
func saveAndCopy(ctx context.Context, client *redis.Client, from, to string) error {
	if err := client.BgSave(ctx).Err(); err != nil {
		return err
	}
	for {
		text, err := client.Info(ctx, "persistence").Result()
		switch {
		case err != nil:
			return err
		case !strings.Contains(text, "rdb_bgsave_in_progress:0"):
		case strings.Contains(text, "rdb_last_bgsave_status:ok"):
			return copyFile(from, to)
		default:
			return errors.New("BGSAVE failed")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
