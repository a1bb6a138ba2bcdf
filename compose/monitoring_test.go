package compose_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/compose"
	"github.com/redkit-dev/redkit/internal/lazy"
)

func writeMonitoring(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for range 2 { // it may be repeated
		if err := compose.WriteMonitoring(dir, "127.0.0.1:28379"); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestMonitoringIsValid asks every compose here, alone and over the servers.
func TestMonitoringIsValid(t *testing.T) {
	t.Parallel()
	for version, flavour := range flavours(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			dir := writeMonitoring(t)
			if err := (compose.Stack{}).Write(dir); err != nil {
				t.Fatal(err)
			}
			for _, files := range [][]string{{compose.MonitoringFile}, {"docker-compose.yml", compose.MonitoringFile}} {
				args := []string{"-p", "redkit-monitoring-test"}
				for _, f := range files {
					args = append(args, "-f", filepath.Join(dir, f))
				}
				cmd := exec.CommandContext(t.Context(), flavour[0], slices.Concat(flavour[1:], args, []string{"config"})...)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%q: %v\n%s", files, err, out)
				}
				for _, want := range []string{"--web.listen-address=127.0.0.1:9090", "GF_SERVER_HTTP_ADDR: 127.0.0.1"} {
					if !strings.Contains(string(out), want) {
						t.Errorf("%q: the configuration does not say %q:\n%s", files, want, out)
					}
				}
				if got := strings.Contains(string(out), "appendfsync"); got != (len(files) == 2) {
					t.Errorf("%q: the broker is there: %v", files, got)
				}
			}
		})
	}
}

// TestPrometheusTakesItsConfiguration asks Prometheus's own checker.
func TestPrometheusTakesItsConfiguration(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		unavailable(t, "no promtool: apt install prometheus")
	}
	dir := writeMonitoring(t)
	out, err := exec.CommandContext(t.Context(), promtool, "check", "config", filepath.Join(dir, "prometheus", "prometheus.yml")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "8 rules found") {
		t.Errorf("promtool check config: %v, want 8 rules\n%s", err, out)
	}
	targets, err := os.ReadFile(filepath.Join(dir, "prometheus", "targets.json"))
	if err != nil || !strings.Contains(string(targets), `"127.0.0.1:28379"`) {
		t.Errorf("targets.json = %s, %v, want the address of the metrics", targets, err)
	}
	// Every query of the dashboard is one, and promtool tells which is not.
	text, err := os.ReadFile(filepath.Join(dir, "grafana", "dashboards", "redis.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	rules := "groups: [{name: dashboard, rules: [\n"
	queries := 0
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			expr, err := json.Marshal(q.Expr)
			if err != nil {
				t.Fatal(err)
			}
			rules += `{record: "panel", labels: {n: "` + string(rune('a'+queries)) + `"}, expr: ` + string(expr) + "},\n"
			queries++
		}
	}
	path := filepath.Join(dir, "dashboard.yml")
	if err := os.WriteFile(path, []byte(rules+"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", path).CombinedOutput(); err != nil || queries < 15 {
		t.Errorf("%d queries of the dashboard: %v\n%s", queries, err, out)
	}
}

var metric = lazy.Regexp(`redis_[a-z_]+`)

// TestDashboardAndAlertsQueryWhatIsServed holds their metrics to those that
// the room of the metrics knows.
func TestDashboardAndAlertsQueryWhatIsServed(t *testing.T) {
	t.Parallel()
	var served strings.Builder
	for _, path := range []string{"fields.go", "page.go", "metrics.go"} {
		text, err := os.ReadFile(filepath.Join("..", "devenv", "metrics", path))
		if err != nil {
			t.Fatal(err)
		}
		served.Write(text)
	}
	dir := writeMonitoring(t)
	for _, path := range []string{"grafana/dashboards/redis.json", "prometheus/alerts.yml"} {
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		names := metric().FindAllString(string(text), -1)
		if len(names) == 0 {
			t.Errorf("%s queries nothing", path)
		}
		for _, name := range names {
			if !strings.Contains(served.String(), `"`+strings.TrimPrefix(name, "redis_")+`"`) {
				t.Errorf("%s queries %s, which is not served", path, name)
			}
		}
	}
}
