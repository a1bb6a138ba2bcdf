package compose_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/compose"
)

// unavailable skips a test for want of a tool, or fails it where everything
// must be there.
func unavailable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatalf("REDISTEST_REQUIRE=1: "+format, args...)
	}
	t.Skipf(format, args...)
}

// flavours returns the ways to call compose here: docker-compose and docker
// compose, and any other binary that REDISTEST_COMPOSE lists, separated by ':'.
func flavours(t *testing.T) map[string][]string {
	t.Helper()
	candidates := [][]string{{"docker-compose"}, {"docker", "compose"}}
	for path := range strings.SplitSeq(os.Getenv("REDISTEST_COMPOSE"), ":") {
		if path != "" {
			candidates = append(candidates, []string{path})
		}
	}
	found := map[string][]string{}
	for _, c := range candidates {
		out, err := exec.Command(c[0], append(c[1:len(c):len(c)], "version", "--short")...).Output()
		if err == nil {
			found[strings.TrimSpace(string(out))] = c
		}
	}
	if len(found) == 0 {
		unavailable(t, "no docker-compose and no docker compose: install one, or name one in REDISTEST_COMPOSE")
	}
	return found
}

// image returns an image that is on this machine.
func image(t *testing.T) string {
	t.Helper()
	candidates := []string{os.Getenv("REDISTEST_IMAGE"), "redis:7.4", "redkit-ci/redis-debian:7.0"}
	for _, name := range candidates {
		if name != "" && exec.Command("docker", "image", "inspect", name).Run() == nil {
			return name
		}
	}
	unavailable(t, "none of the images %q is on this machine: run .ci/image, or name one in REDISTEST_IMAGE", candidates[1:])
	return ""
}

// run calls compose for a stack and returns its standard output.
func run(ctx context.Context, t *testing.T, flavour []string, stack compose.Stack, dir string, command ...string) (string, error) {
	t.Helper()
	args := append(flavour[1:len(flavour):len(flavour)], stack.Args(dir, command...)...)
	cmd := exec.CommandContext(ctx, flavour[0], args...)
	cmd.Env = stack.Environ(os.Environ())
	var out, diagnostics bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, diagnostics.String())
	}
	return out.String(), nil
}

// freePort finds a port below the kernel's ephemeral range, where a client's
// own connection could hold it.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("no free port from 20000 to 29999 in 100 tries")
	return 0
}
