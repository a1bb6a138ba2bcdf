// Command django works beside the Django project in this directory: it runs
// the tasks of the queue go, and sends shop.report on a schedule. It takes its
// addresses from the variables that mage env prints, or from .env.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/examples/django/goshop"
	"github.com/redkit-dev/redkit/reference/celery"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run works until ctx ends.
func run(ctx context.Context) (err error) {
	set, err := devenv.Load(devenv.LoadOptions{})
	if err != nil {
		return err
	}
	shop, err := goshop.Open(set, slog.Default())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.Close()) }()
	beat, err := shop.App.NewBeat(celery.Entry{Name: "report", Schedule: celery.Every(time.Minute), Task: celery.SI("shop.report", "go-beat")})
	if err != nil {
		return err
	}
	var beating sync.WaitGroup
	var beatErr error
	beating.Go(func() { beatErr = beat.Run(ctx) })
	err = shop.App.NewWorker(celery.WorkerOptions{Queues: []string{goshop.Queue}}).Run(ctx)
	beating.Wait() // ends with ctx, as the worker does
	return errors.Join(err, beatErr)
}
