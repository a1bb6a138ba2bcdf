package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/redkit-dev/redkit/redistest"
)

// docker is the way to the container runtime beside testcontainers.
type docker struct{ client *testcontainers.DockerClient }

func newDocker(ctx context.Context) (*docker, error) {
	missing := func(err error) error {
		return fmt.Errorf("%w: no container runtime answers: start Docker or Podman (docker info), or set DOCKER_HOST: %w", redistest.ErrMissing, err)
	}
	c, err := newClient(ctx)
	if err != nil {
		return nil, missing(err)
	}
	d := &docker{client: c}
	if _, err := c.Ping(ctx, client.PingOptions{}); err != nil {
		d.close()
		return nil, missing(err)
	}
	d.sweep(ctx)
	return d, nil
}

// newClient turns a panic of testcontainers, for want of a runtime, into an
// error.
func newClient(ctx context.Context) (c *testcontainers.DockerClient, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return testcontainers.NewDockerClientWithOpts(ctx)
}

func (d *docker) close() { _ = d.client.Close() }

// local tells that the runtime's published ports are on this machine's
// loopback.
func (d *docker) local() bool {
	host := d.client.DaemonHost()
	return strings.HasPrefix(host, "unix://") || strings.HasPrefix(host, "npipe://")
}

func (d *docker) hasImage(ctx context.Context, image string) bool {
	_, err := d.client.ImageInspect(ctx, image)
	return err == nil
}

// remove ends a container; one that is ending already is waited for by
// nobody, since the runtime removes it.
func (d *docker) remove(ctx context.Context, id string) error {
	_, err := d.client.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if err == nil || errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil
	}
	return fmt.Errorf("remove the container: %w", err)
}

// ended tells whether the server in a container has ended, and its last words.
func (d *docker) ended(ctx context.Context, id string) (words string, dead bool) {
	logs, err := d.client.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: "20"})
	if err != nil {
		return "the container is gone: " + err.Error(), errdefs.IsNotFound(err)
	}
	defer logs.Close()
	var text bytes.Buffer
	// A log that breaks off says what it said so far.
	_, _ = stdcopy.StdCopy(&text, &text, io.LimitReader(logs, 1<<16))
	before, after, dead := strings.Cut(text.String(), endedMark)
	return strings.TrimSpace(before + after), dead // what went to stderr may come after
}

// The labels of a container tell the next run whose it was.
const (
	labelOwner = "dev.redkit.redistest.owner" // host/pid of the test binary
	labelUntil = "dev.redkit.redistest.until" // unix time after which nobody needs it

	// life is longer than any test run: go test gives a package ten minutes.
	life = time.Hour
)

func labels(now time.Time) map[string]string {
	return map[string]string{labelOwner: owner(os.Getpid()), labelUntil: strconv.FormatInt(now.Add(life).Unix(), 10)}
}

func owner(pid int) string {
	host, _ := os.Hostname() // without a name the pid has to do
	return host + "/" + strconv.Itoa(pid)
}

// sweep removes the containers of test binaries that are dead, for runtimes
// that did not notice. What it cannot remove the next run will.
func (d *docker) sweep(ctx context.Context) {
	list, err := d.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", labelOwner)})
	if err != nil {
		return
	}
	for _, c := range list.Items {
		if abandoned(c.Labels, time.Now()) {
			_ = d.remove(ctx, c.ID)
		}
	}
}

// abandoned tells from its labels whether a container has no owner any more.
func abandoned(labels map[string]string, now time.Time) bool {
	if until, err := strconv.ParseInt(labels[labelUntil], 10, 64); err == nil && now.Unix() > until {
		return true
	}
	host, pid, _ := strings.Cut(labels[labelOwner], "/")
	n, err := strconv.Atoi(pid)
	if here, hostErr := os.Hostname(); err != nil || hostErr != nil || host != here {
		return false // another machine's, or another container's: its time limit has to do
	}
	process, err := os.FindProcess(n)
	if err != nil {
		return true
	}
	defer process.Release()
	return errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
