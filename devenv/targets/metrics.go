package targets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/redkit-dev/redkit/compose"
	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/metrics"
)

// Metrics serves /metrics for Prometheus, under redis_exporter's names, until interrupted.
func Metrics(ctx context.Context,
	listen *string, // loopback address and port (REDKIT_LISTEN)
) error {
	return run("metrics", flags{}.text("listen", listen), func(s *session) error { return s.serveMetrics(ctx) })
}

func (s *session) serveMetrics(ctx context.Context) error {
	w, err := s.env.Watch(ctx)
	if err != nil {
		return err
	}
	defer w.Close()
	l, err := net.Listen("tcp", s.settings.Command.Listen)
	if err != nil {
		return &devenv.Failure{
			Code: "port_in_use", Exit: devenv.ExitPortTaken, Message: "the metrics cannot be served: " + err.Error(),
			Fixes: []string{command("metrics", "-listen=127.0.0.1:8380")}, Err: err,
		}
	}
	dir := filepath.Join(s.settings.Dir, "monitoring")
	if err := compose.WriteMonitoring(dir, l.Addr().String()); err != nil {
		return errors.Join(err, l.Close())
	}
	o := metrics.Options{Queues: s.env.Queues, Broker: s.broker(w), DB: s.settings.Celery.BrokerURL.DB()}
	server := &http.Server{Handler: metrics.Handler(metrics.New(w, o)), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }() // ends with Close below
	fmt.Fprintf(s.out, "http://%s/metrics\n", l.Addr())
	fmt.Fprintf(s.progress, "Prometheus and Grafana: docker compose -p monitoring -f %s up -d\n", filepath.Join(dir, compose.MonitoringFile))
	select {
	case <-ctx.Done():
		err = nil
	case err = <-ended:
		ended <- nil
	}
	closed := server.Close()
	<-ended
	return errors.Join(err, closed)
}

// broker names the server that holds the queues, by what the servers told last:
// the master that sentinels watch changes.
func (s *session) broker(w *devenv.Watch) func([]devenv.Sample) string {
	return func(samples []devenv.Sample) string { return w.ServingName(s.settings.Celery.BrokerURL, samples) }
}
