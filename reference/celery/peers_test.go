package celery_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/edition"
	"github.com/redkit-dev/redkit/internal/process"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/celery/kombu"
	"github.com/redkit-dev/redkit/reference/celery/result"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// editions are the two of Celery.
func editions() []edition.Edition {
	return edition.Of("Celery", "5.2.", "python3-celery python3-redis", "5.6.")
}

// peers is a real server with a Go app and a Python app on it, and one worker
// of each: go@test works on the queues go and both, py@test on py and both.
type peers struct {
	t      *testing.T
	ctx    context.Context
	srv    *redistest.Server
	app    *celery.App
	celery edition.Edition
	script string
	url    string
	*driver
}

// meet brings everybody together and waits until the workers answer.
func meet(t *testing.T, srv *redistest.Server, e edition.Edition) *peers {
	t.Helper()
	e.Need(t, "import celery, redis; print(celery.__version__)")
	script, err := filepath.Abs("testdata/peer.py")
	if err != nil {
		t.Fatal(err)
	}
	opt := srv.Options()
	u := url.URL{Scheme: "redis", Host: srv.Faults().Addr(), Path: strconv.Itoa(opt.DB)}
	if opt.Password != "" {
		u.User = url.UserPassword(opt.Username, opt.Password)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	p := &peers{t: t, ctx: ctx, srv: srv, celery: e, script: script, url: u.String()}
	p.app = newApp(t, srv, celery.Settings{SentEvents: true, TrackStarted: true, KnownQueues: []string{"go", "py", "both", "ranked"}})
	p.driver = p.drive()
	python := p.pyWorker("py@test", "py,both")
	handlers(t, p.app)
	p.goWorker(celery.WorkerOptions{Name: "go@test", Queues: []string{"go", "both"}, Concurrency: 4, Heartbeat: 100 * time.Millisecond, TaskEvents: true})
	p.answers("py@test", python)
	return p
}

// on is the same company for a subtest.
func (p *peers) on(t *testing.T) *peers {
	q := *p
	q.t = t
	return &q
}

func newApp(t *testing.T, srv *redistest.Server, set celery.Settings) *celery.App {
	t.Helper()
	b, err := kombu.New(srv.Client(), kombu.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if set.Broker == nil {
		set.Broker = b
	}
	set.Results = result.NewRedis(srv.Client(), result.Options{})
	set.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	app, err := celery.New(set)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// A driver is a Python process that runs code, one piece at a time.
type driver struct {
	mu    sync.Mutex
	in    io.Writer
	out   *bufio.Reader
	words *strings.Builder // what it says on stderr; read when it has ended
	end   func() error
}

func (p *peers) drive() *driver {
	p.t.Helper()
	cmd := exec.Command(edition.Python, p.script, p.url, "drive") // ends with its stdin
	d := &driver{words: &strings.Builder{}}
	cmd.Env, cmd.Stderr = p.celery.Environ(), d.words
	in, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	d.in, d.out = in, bufio.NewReader(out)
	stop := context.AfterFunc(p.ctx, func() { _ = cmd.Process.Kill() })
	d.end = sync.OnceValue(func() error {
		defer stop()
		return errors.Join(in.Close(), cmd.Wait())
	})
	p.t.Cleanup(func() { _ = d.end() })
	return d
}

// python runs code, in which q is a queue, and returns what it left in out.
func (p *peers) python(q, code string) any {
	p.t.Helper()
	p.driver.mu.Lock()
	defer p.driver.mu.Unlock()
	line, err := json.Marshal(map[string]string{"q": q, "code": code})
	if err == nil {
		_, err = p.in.Write(append(line, '\n'))
	}
	var answer []byte
	if err == nil {
		answer, err = p.out.ReadBytes('\n')
	}
	if err != nil {
		err = errors.Join(err, p.end())
		p.t.Fatalf("the Python driver: %v\n%s", err, p.words)
	}
	v, err := pyjson.Decode(answer)
	m, _ := v.(map[string]any)
	if err != nil || m["error"] != nil {
		p.t.Fatalf("Python said %v, %v to\n%s", m["error"], err, code)
	}
	return m["out"]
}

// pyWorker starts a Celery worker.
func (p *peers) pyWorker(name, queues string) *process.Bound {
	p.t.Helper()
	worker, err := process.StartBound(process.Command{Path: edition.Python, Args: []string{p.script, p.url, "worker", name, queues}, Env: p.celery.Environ(), Dir: p.t.TempDir()})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the Python worker said:\n%s", worker.Words())
		}
		// Its children die with it, rather than some time after.
		if err := errors.Join(syscall.Kill(-worker.Group(), syscall.SIGKILL), worker.Kill()); err != nil {
			p.t.Error(err)
		}
	})
	return worker
}

// goWorker starts a worker of the app.
func (p *peers) goWorker(opt celery.WorkerOptions) {
	p.t.Helper()
	w := p.app.NewWorker(opt)
	ctx, stop := context.WithCancel(p.ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			p.t.Errorf("worker: %v", err)
		}
	})
	p.t.Cleanup(func() { stop(); w.Kill(); running.Wait() })
	p.answers(opt.Name, nil)
}

// answers waits until a worker does.
func (p *peers) answers(name string, worker *process.Bound) {
	p.t.Helper()
	ask := func(ctx context.Context) error {
		ping := p.app.Control("ping", nil)
		ping.Destination, ping.Limit, ping.Timeout = []string{name}, 1, 500*time.Millisecond
		answers, err := ping.Call(ctx)
		if err == nil && len(answers) == 0 {
			err = errors.New("no pong")
		}
		return err
	}
	if worker != nil {
		if err := worker.Await(p.ctx, 50*time.Millisecond, ask); err != nil {
			p.t.Fatalf("worker %s: %v", name, err)
		}
		return
	}
	for err := ask(p.ctx); err != nil; err = ask(p.ctx) {
		if p.ctx.Err() != nil {
			p.t.Fatalf("worker %s: %v", name, err)
		}
	}
}

// handlers registers the tasks of testdata/peer.py on the Go side.
func handlers(t *testing.T, app *celery.App) {
	t.Helper()
	err := errors.Join(
		app.Handle("t.add", func(_ context.Context, t *celery.Task) (any, error) {
			sum := struct {
				X int `json:"x"`
				Y int `json:"y"`
			}{Y: 10}
			if err := t.BindStruct(&sum); err != nil {
				return nil, err
			}
			return sum.X + sum.Y, nil
		}),
		app.Handle("t.total", celery.F1(func(_ context.Context, n []int) (sum int, err error) {
			for _, x := range n {
				sum += x
			}
			return sum, nil
		})),
		app.Handle("t.echo", func(_ context.Context, t *celery.Task) (any, error) { return []any{t.Args, t.Kwargs}, nil }),
		app.Handle("t.fail", celery.F1(func(_ context.Context, text string) (any, error) {
			return nil, &result.Error{Type: "ValueError", Module: "builtins", Args: []any{text, 42}}
		})),
		app.Handle("t.when", celery.F0(func(context.Context) (float64, error) { return seconds(time.Now()), nil })),
		app.Handle("t.flaky", func(_ context.Context, t *celery.Task) (any, error) {
			var n int
			if err := t.Bind(&n); err != nil {
				return nil, err
			}
			if t.Retries < n {
				return nil, t.Retry(fmt.Errorf("try %d", t.Retries), celery.Countdown(time.Millisecond))
			}
			return t.Retries, nil
		}),
		app.Handle("t.block", func(ctx context.Context, _ *celery.Task) (any, error) { // until it is terminated
			<-ctx.Done()
			return nil, ctx.Err()
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
}

func seconds(at time.Time) float64 { return float64(at.UnixMicro()) / 1e6 }

func diffAny(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
