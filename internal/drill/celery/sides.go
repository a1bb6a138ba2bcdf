package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// A side is what the storm is for: our producers and workers, or Celery's.
type side interface {
	// command is a worker on addr that keeps its journal at path.
	command(addr, path, name string) process.Command
	// publish sends tasks until n are acknowledged; progress is how many are.
	publish(ctx context.Context, addr string, n int, progress *atomic.Int64, wait func()) (acknowledged []int, refused int, err error)
}

// ours is a side of processes of this binary.
type ours struct {
	dir string
	env []string // of its workers
}

// role is the variable that makes this binary a worker.
const role = "REDISTEST_DRILL_WORKER"

func (o ours) command(addr, path, name string) process.Command {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return process.Command{Path: self, Args: []string{addr, path, name}, Env: append(o.env, role+"=1")}
}

func (o ours) publish(ctx context.Context, addr string, n int, progress *atomic.Int64, wait func()) ([]int, int, error) {
	app, client, err := newApp(addr, func(b broker.Broker) broker.Broker { return b })
	if err != nil {
		return nil, 0, err
	}
	defer client.Close()
	var mu sync.Mutex
	var all []int
	var next, refused atomic.Int64
	var senders sync.WaitGroup
	for range 32 {
		senders.Go(func() {
			for ctx.Err() == nil {
				wait()
				mu.Lock()
				left := n - len(all)
				mu.Unlock()
				if left <= 0 {
					return
				}
				task := int(next.Add(1))
				if _, err := app.Apply(ctx, call(task)); err != nil {
					refused.Add(1)
					time.Sleep(10 * time.Millisecond) // the server may be down
					continue
				}
				mu.Lock()
				all = append(all, task)
				mu.Unlock()
				progress.Add(1)
			}
		})
	}
	senders.Wait()
	return all, int(refused.Load()), ctx.Err()
}

//go:embed peer.py
var peer string

const interpreter = "/usr/bin/python3"

// theirs is a side of Celery's processes.
type theirs struct{ dir string }

func (c theirs) command(addr, path, name string) process.Command {
	return process.Command{Path: interpreter, Args: []string{"-c", peer, addr, "worker", path, name}}
}

func (c theirs) publish(ctx context.Context, addr string, n int, progress *atomic.Int64, _ func()) ([]int, int, error) {
	own, err := os.MkdirTemp(c.dir, "publisher-")
	if err != nil {
		return nil, 0, err
	}
	path := filepath.Join(c.dir, "published")
	bound, err := process.StartBound(process.Command{Path: interpreter, Dir: own, Args: []string{"-c", peer, addr, "publish", path, strconv.Itoa(n)}})
	if err != nil {
		return nil, 0, err
	}
	defer bound.Remove()
	err = bound.Await(ctx, 20*time.Millisecond, func(context.Context) error {
		text, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		done := bytes.Count(text, []byte("\n"))
		progress.Store(int64(done))
		if done < n {
			return fmt.Errorf("%d of %d tasks are published", done, n)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	events, err := read(path, nil)
	if err != nil || len(events) == 0 {
		return nil, 0, err
	}
	all := make([]int, len(events))
	for i, e := range events {
		if all[i], err = numberOf(e.id); err != nil {
			return nil, 0, err
		}
	}
	return all, all[len(all)-1] - len(all), nil
}
