package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/reference/celery"
)

// workerAt is set in a process that is to be a worker of the server it names.
const workerAt = "REDKIT_BENCH_WORKER"

// ran is how many tasks such a worker runs before it tells its memory. More
// have to wait: it ends when it comes upon the next.
const ran = 20_000

// reside works until it has run so many tasks and prints the most memory that
// was resident, in kB.
func reside(ctx context.Context, addr string) error {
	b := &bench{addr: addr, client: redis.NewClient(&redis.Options{Addr: addr})}
	defer b.client.Close()
	app, err := b.workerApp()
	if err != nil {
		return err
	}
	if err := app.Handle("bench.noop", func(context.Context, *celery.Task) (any, error) { return nil, nil }); err != nil {
		return err
	}
	if err := app.NewWorker(celery.WorkerOptions{Concurrency: 10, MaxTasks: ran, Quiet: true}).Run(ctx); !errors.Is(err, celery.ErrMaxTasks) {
		return fmt.Errorf("the worker ended before it had run %d tasks: %w", ran, err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Println(strings.TrimSuffix(strings.TrimSpace(text), " kB"))
			return nil
		}
	}
	return errors.New("/proc/self/status has no VmHWM")
}

// resident is the memory in kB that a worker in a process of its own needs.
func (b *bench) resident(ctx context.Context) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	worker := exec.CommandContext(ctx, self)
	worker.Env, worker.Stderr = append(os.Environ(), workerAt+"="+b.addr), os.Stderr
	out, err := worker.Output()
	if err != nil {
		return 0, fmt.Errorf("run a worker: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
