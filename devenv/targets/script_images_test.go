//go:build unix

package targets_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// standIns are the entry points of images for profile monitoring, where no
// registry is reached: the Prometheus of this machine, something that serves
// what Grafana is given as Grafana is asked for it, and something that ends.
func standIns() map[string]string {
	const grafana = `mkdir -p /www/api && echo ok > /www/api/health && cp -r /etc/grafana/provisioning /var/lib/grafana/dashboards /www && ` +
		`echo "$PROMETHEUS_URL" > /www/prometheus && ` +
		`{ /bin/busybox.static httpd -f -p "$GF_SERVER_HTTP_ADDR:$GF_SERVER_HTTP_PORT" -h /www & trap "exit 0" TERM; wait; }`
	return map[string]string{
		"PROMETHEUS": `["/usr/bin/prometheus"]`,
		"GRAFANA":    fmt.Sprintf(`["sh","-c",%q]`, grafana),
		"ENDS":       `["sh","-c","echo it cannot start; exit 1"]`,
	}
}

// monitoringImages makes them out of the image of Redis, and removes them at
// the end.
func monitoringImages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: monitoringimages NAME")
	}
	docker := func(words ...string) string {
		out, err := exec.Command("docker", words...).CombinedOutput()
		if err != nil {
			ts.Fatalf("docker %q: %v\n%s", words, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	program, err := exec.LookPath("prometheus")
	if err != nil {
		ts.Fatalf("no Prometheus: apt install prometheus")
	}
	id := docker("create", ts.Getenv("REDKIT_IMAGE"))
	ts.Defer(func() { docker("rm", "-f", "-v", id) })
	docker("cp", "-L", program, id+":/usr/bin/prometheus")
	for name, entry := range standIns() {
		image := fmt.Sprintf("redkit-script/%s:%x", strings.ToLower(name), rand.Uint32())
		docker("commit", "-c", "ENTRYPOINT "+entry, "-c", "CMD []", id, image)
		ts.Defer(func() { docker("rmi", "-f", image) })
		ts.Setenv(args[0]+"_"+name, image)
	}
}
