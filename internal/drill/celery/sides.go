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
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// A side is what the storm is for: our producers and workers, or Celery's.
type side interface {
	// command is a worker on addr that keeps its journal at path.
	command(addr, path, name string) process.Command
	// publish sends tasks until n are acknowledged; progress is how many are.
	publish(ctx context.Context, addr string, n int, progress *atomic.Int64, wait func()) (acknowledged []string, refused int, err error)
}

// ours is a side of processes of this binary.
type ours struct{ dir string }

// role is the variable that makes this binary a worker.
const role = "REDISTEST_DRILL_WORKER"

func (o ours) command(addr, path, name string) process.Command {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return process.Command{Path: self, Args: []string{addr, path, name}, Env: []string{role + "=1"}}
}

func (o ours) publish(ctx context.Context, addr string, n int, progress *atomic.Int64, wait func()) ([]string, int, error) {
	app, client, err := newApp(addr, func(b broker.Broker) broker.Broker { return b })
	if err != nil {
		return nil, 0, err
	}
	defer client.Close()
	var mu sync.Mutex
	var all []string
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
				id := fmt.Sprintf("task-%07d", next.Add(1))
				if _, err := app.Send(ctx, taskName, nil, celery.TaskID(id)); err != nil {
					refused.Add(1)
					time.Sleep(10 * time.Millisecond) // the server may be down
					continue
				}
				mu.Lock()
				all = append(all, id)
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

func (c theirs) publish(ctx context.Context, addr string, n int, progress *atomic.Int64, _ func()) ([]string, int, error) {
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
	all := make([]string, len(events))
	last := 0
	for i, e := range events {
		all[i] = e.id
		if _, err := fmt.Sscanf(e.id, "task-%d", &last); err != nil {
			return nil, 0, err
		}
	}
	return all, last - len(all), err
}
