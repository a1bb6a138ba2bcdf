package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/reference/celery"
)

//go:embed peer.py
var peer string

const interpreter = "/usr/bin/python3"

// python compares publishing with Celery's delay(), result backend off, from
// as many threads of one process.
func (b *bench) python(ctx context.Context) ([]row, error) {
	var rows []row
	for _, n := range []int{1, 8, 64} {
		var ours, theirs []float64
		for range 3 {
			out, err := exec.CommandContext(ctx, interpreter, "-c", peer, strconv.Itoa(b.port()), "publish", strconv.Itoa(n)).Output()
			if err != nil {
				fmt.Println("left out: Celery's delay():", err)
				return rows, nil
			}
			rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			if err != nil {
				return nil, fmt.Errorf("the Python side printed %q: %w", out, err)
			}
			theirs = append(theirs, rate)
			start := time.Now()
			sent, err := spread(n, func(ctx context.Context) error {
				_, err := b.app.Send(ctx, "bench.noop", celery.Args(2, 3))
				return err
			})(ctx, b.span)
			if err != nil {
				return nil, err
			}
			ours = append(ours, float64(sent)/time.Since(start).Seconds())
		}
		o, t := median(ours), median(theirs)
		r := row{Name: fmt.Sprintf("publish, %d at once", n), Base: "Celery delay()", Unit: "/s", Ours: o, Of: t, Ratio: o / t}
		if n == 1 {
			r.Limit = 8
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// drainCelery measures a Celery worker on a full queue, by the time between
// the moments at which a quarter and all of it are gone.
func (b *bench) drainCelery(ctx context.Context, pool string) (float64, error) {
	const n = 2000
	if err := b.client.FlushDB(ctx).Err(); err != nil {
		return 0, err
	}
	signatures := make([]*celery.Signature, n)
	for i := range signatures {
		signatures[i] = celery.Sig("bench.noop", 2, 3).Set(celery.IgnoreResult())
	}
	if _, err := b.app.SendMany(ctx, signatures...); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "redkit-bench-peer-")
	if err != nil {
		return 0, err
	}
	worker, err := process.StartBound(process.Command{Path: interpreter, Args: []string{"-c", peer, strconv.Itoa(b.port()), "worker", pool}, Dir: dir})
	if err != nil {
		return 0, err
	}
	defer worker.Remove()
	var quarter time.Time
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		left, err := b.client.LLen(ctx, "celery").Result()
		if err != nil {
			return 0, fmt.Errorf("%w\n%s", err, worker.Words())
		}
		switch {
		case left <= n*3/4 && quarter.IsZero():
			quarter = time.Now()
		case left == 0:
			return n * 3 / 4 / time.Since(quarter).Seconds(), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
}
