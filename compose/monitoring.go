package compose

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed monitoring
var monitoring embed.FS

// MonitoringFile is the compose file that WriteMonitoring writes.
const MonitoringFile = "docker-compose.monitoring.yml"

// WriteMonitoring puts a compose file with Prometheus and Grafana into dir,
// and what they are provisioned with: the address of the metrics, alerts, a
// data source and a dashboard. It replaces what it has written before. addr is
// host:port on this machine's loopback. The files hold no secret.
func WriteMonitoring(dir, addr string) error {
	root, err := fs.Sub(monitoring, "monitoring")
	if err != nil {
		return err
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(path, 0o755) // the users in the containers read them
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return replace(path, content)
	})
	if err != nil {
		return fmt.Errorf("write the monitoring files: %w", err)
	}
	targets, err := json.Marshal([]map[string][]string{{"targets": {addr}}})
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(dir, "prometheus", "targets.json"), append(targets, '\n')); err != nil {
		return fmt.Errorf("write the address of the metrics: %w", err)
	}
	return nil
}
