package compose_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// refusesAnonymous asks without a password.
func refusesAnonymous(t *testing.T, port int) {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", port)})
	defer c.Close()
	if err := c.Ping(t.Context()).Err(); err == nil || !strings.HasPrefix(err.Error(), "NOAUTH") {
		t.Errorf("PING without a password = %v, want NOAUTH", err)
	}
}

func containers(t *testing.T, project string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "docker", "ps", "-q", "--filter", "label=com.docker.compose.project="+project).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// hidesPassword looks at what docker ps, docker top and the logs show.
func hidesPassword(t *testing.T, project, password string) {
	t.Helper()
	commands := [][]string{{"ps", "--no-trunc"}}
	for _, id := range containers(t, project) {
		commands = append(commands, []string{"top", id}, []string{"logs", id}, []string{"inspect", "-f", "{{.Path}} {{.Args}}", id})
	}
	for _, c := range commands {
		out, err := exec.CommandContext(t.Context(), "docker", c...).CombinedOutput()
		if err != nil {
			t.Fatalf("docker %s: %v\n%s", c[0], err, out)
		}
		if strings.Contains(string(out), password) {
			t.Errorf("docker %s shows the password:\n%s", c[0], out)
		}
	}
}

// healthy runs the health check of each container once, at once.
func healthy(t *testing.T, project string) {
	t.Helper()
	for _, id := range containers(t, project) {
		script, err := exec.CommandContext(t.Context(), "docker", "inspect", "-f", "{{index .Config.Healthcheck.Test 1}}", id).Output()
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "docker", "exec", id, "sh", "-c", string(script)).CombinedOutput(); err != nil {
			t.Errorf("the health check fails on a server that answers: %v\n%s", err, out)
		}
	}
}
