package container_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/container"
)

// envOwner makes the test binary one that is killed with a container running.
const envOwner = "CONTAINER_TEST_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(envOwner) != "" {
		own()
	}
	leaveOutExamples()
	goleak.VerifyTestMain(m,
		// Idle connections of testcontainers' own clients to the runtime.
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"))
}

// leaveOutExamples skips the examples, which cannot skip themselves, where
// there is no container to be had.
func leaveOutExamples() {
	instance, err := container.Redis(image()).Boot(context.Background(), redistest.Config{})
	if err == nil {
		err = instance.Stop(context.Background())
	}
	if !errors.Is(err, redistest.ErrMissing) {
		return // whatever else is wrong, the tests tell
	}
	flag.Parse()
	if err := flag.Set("test.skip", "^Example"); err != nil {
		panic(err)
	}
}

// own boots a container, tells its address, and waits for SIGKILL.
func own() {
	instance, err := container.Redis(image()).Boot(context.Background(), redistest.Config{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("addr", instance.Endpoint().Addr)
	select {}
}

// image is an image to test with: the first of REDISTEST_IMAGES.
func image() string {
	first, _, _ := strings.Cut(os.Getenv("REDISTEST_IMAGES"), ",")
	return first // empty means the default
}

// docker returns a client, or skips as Start does.
func docker(t *testing.T) *testcontainers.DockerClient {
	t.Helper()
	redistest.Start(t, redistest.With(container.Redis(image())))
	c, err := testcontainers.NewDockerClientWithOpts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// until waits for a condition and says what it saw last.
func until(t *testing.T, what string, done func() (state string, ok bool)) {
	t.Helper()
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		state, ok := done()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: not after 30 s: %s", what, state)
		}
	}
}

func TestAContainerEndsWithItsTestBinary(t *testing.T) {
	t.Parallel()
	c := docker(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), envOwner+"=1")
	owner.Stderr = os.Stderr
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	defer owner.Wait() // reaps; the error is the SIGKILL below
	defer owner.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "addr ") {
		t.Fatalf("the owner said %q, %v", line, err)
	}
	host, _ := os.Hostname()
	filter := client.Filters{}.Add("label", fmt.Sprintf("dev.redkit.redistest.owner=%s/%d", host, owner.Process.Pid))
	count := func() int {
		list, err := c.ContainerList(context.WithoutCancel(t.Context()), client.ContainerListOptions{All: true, Filters: filter})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Items)
	}
	if n := count(); n != 1 {
		t.Fatalf("%d containers carry the label of a living test binary, want 1", n)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "no container is left of a test binary that was killed", func() (string, bool) {
		n := count()
		return fmt.Sprintf("%d are", n), n == 0
	})
}

func TestTheNextRunSweepsWhatIsLeft(t *testing.T) {
	t.Parallel()
	c := docker(t)
	dead := exec.Command("/bin/true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	left, err := testcontainers.Run(t.Context(), image(),
		testcontainers.WithEntrypoint("sh", "-c", "sleep 600"),
		testcontainers.WithLabels(map[string]string{"dev.redkit.redistest.owner": fmt.Sprintf("%s/%d", host, dead.Process.Pid)}))
	testcontainers.CleanupContainer(t, left)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := container.Redis(image()).Boot(t.Context(), redistest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := instance.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	until(t, "the container of a dead test binary is gone", func() (string, bool) {
		_, err := c.ContainerInspect(t.Context(), left.GetContainerID(), client.ContainerInspectOptions{})
		return fmt.Sprint("inspect: ", err), errdefs.IsNotFound(err)
	})
}
