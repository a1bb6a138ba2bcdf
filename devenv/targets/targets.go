package targets

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// Up starts the local Redis servers and prints how to reach them. It may be repeated.
func Up(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	backend *string, // auto, compose, native, embedded or external (REDKIT_BACKEND)
	profile *string, // split, single, sentinel or cluster, and after a comma tls, acl, monitoring (REDKIT_PROFILE)
	cachePort *int, // port of the cache (REDKIT_CACHE_PORT)
	brokerPort *int, // port of the broker (REDKIT_BROKER_PORT)
	clusterPorts *string, // ports of the six nodes (REDKIT_CLUSTER_PORTS)
	sentinelPorts *string, // ports of the three sentinels (REDKIT_SENTINEL_PORTS)
	sentinelDataPorts *string, // ports of the three servers they watch (REDKIT_SENTINEL_DATA_PORTS)
	metricsPort *int, // port of the metrics in profile monitoring (REDKIT_METRICS_PORT)
	prometheusPort *int, // port of Prometheus (REDKIT_PROMETHEUS_PORT)
	grafanaPort *int, // port of Grafana (REDKIT_GRAFANA_PORT)
	portAuto *bool, // move to free ports where others are taken (REDKIT_PORT_AUTO)
	image *string, // image of the compose backend (REDKIT_IMAGE)
	pull *string, // missing, never or always (REDKIT_PULL)
	wait *time.Duration, // how long to try (REDKIT_WAIT)
	recreate *bool, // stop the servers first, so that changed settings apply (REDKIT_RECREATE)
	clean *bool, // delete the kept data first (REDKIT_CLEAN)
	yes *bool, // do not ask (REDKIT_YES)
	noRollback *bool, // leave what was started when up fails (REDKIT_NO_ROLLBACK)
	envFile *string, // the .env file to read (REDKIT_ENV_FILE)
	showSecrets *bool, // print passwords (REDKIT_SHOW_SECRETS)
	color *string, // auto, always or never (REDKIT_COLOR)
) error {
	f := flags{}.text("o", o).text("backend", backend).text("profile", profile).text("image", image).
		count("cache-port", cachePort).count("broker-port", brokerPort).
		text("cluster-ports", clusterPorts).text("sentinel-ports", sentinelPorts).text("sentinel-data-ports", sentinelDataPorts).
		count("metrics-port", metricsPort).count("prometheus-port", prometheusPort).count("grafana-port", grafanaPort).
		flag("port-auto", portAuto).text("pull", pull).duration("wait", wait).flag("recreate", recreate).flag("clean", clean).flag("yes", yes).
		flag("no-rollback", noRollback).text("env-file", envFile).flag("show-secrets", showSecrets).text("color", color)
	return report("up", f, func(s *session) (*devenv.Report, error) { return s.up(ctx, f) })
}

// Down stops the local Redis servers. The broker's data stay, unless -volumes.
func Down(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	all *bool, // every environment of this user, wherever it was started (REDKIT_ALL)
	project *string, // the one of this name, as ps -all lists it (REDKIT_DOWN_PROJECT)
	volumes *bool, // delete the kept data too (REDKIT_VOLUMES)
	yes *bool, // do not ask (REDKIT_YES)
	grace *time.Duration, // how long a server may save and end (REDKIT_GRACE)
	color *string, // auto, always or never (REDKIT_COLOR)
) error {
	f := flags{}.text("o", o).flag("all", all).text("project", project).flag("volumes", volumes).flag("yes", yes).
		duration("grace", grace).text("color", color)
	return report("down", f, func(s *session) (*devenv.Report, error) {
		c := s.settings.Command
		if c.Volumes {
			whose := cmp.Or(c.Stop, s.settings.Project)
			if c.All {
				whose = "every environment you have started"
			}
			if err := s.confirm("This deletes the kept data of " + whose + "."); err != nil {
				return nil, err
			}
		}
		o := devenv.DownOptions{Volumes: c.Volumes, Grace: c.Grace}
		switch {
		case c.All:
			return s.env.DownAll(ctx, o)
		case c.Stop != "":
			return s.env.DownProject(ctx, c.Stop, o)
		}
		return s.env.Down(ctx, o)
	})
}

// Status tells how every server is. It fails unless all are ready.
func Status(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	watch *time.Duration, // tell anew this often, until interrupted (REDKIT_WATCH)
	showSecrets *bool, // print passwords (REDKIT_SHOW_SECRETS)
) error {
	f := flags{}.text("o", o).duration("watch", watch).flag("show-secrets", showSecrets)
	return report("status", f, func(s *session) (*devenv.Report, error) {
		if s.settings.Command.Watch > 0 {
			return nil, s.watch(ctx)
		}
		r, err := s.env.Status(ctx)
		if r.Backend != "" {
			if written := s.env.WriteEnvFile(); written != nil && err == nil {
				err = written
			}
		}
		return r, err
	})
}

// watch prints the status again and again until it is interrupted. On a
// terminal each takes the place of the one before.
func (s *session) watch(ctx context.Context) error {
	tick := time.NewTicker(s.settings.Command.Watch)
	defer tick.Stop()
	for {
		r, err := s.env.Status(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && devenv.AsFailure(err).Exit != devenv.ExitNotReady {
			return err
		}
		if terminal(s.out) && s.settings.Output == "table" {
			fmt.Fprint(s.out, "\x1b[H\x1b[2J")
		}
		if err := s.print(r); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Wait returns when every server is ready.
func Wait(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	wait *time.Duration, // how long to try (REDKIT_WAIT)
) error {
	f := flags{}.text("o", o).duration("wait", wait)
	return report("wait", f, func(s *session) (*devenv.Report, error) {
		return s.env.Wait(ctx)
	})
}

// Reset deletes every key of the servers, or what they keep on disk when they do not run.
func Reset(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	service *string, // one server: cache or broker (REDKIT_SERVICE)
	yes *bool, // do not ask (REDKIT_YES)
	allowRemote *bool, // also on another machine (REDKIT_ALLOW_REMOTE)
	noBackup *bool, // take no backup first (REDKIT_NO_BACKUP)
	color *string, // auto, always or never (REDKIT_COLOR)
) error {
	f := flags{}.text("o", o).text("service", service).flag("yes", yes).flag("allow-remote", allowRemote).
		flag("no-backup", noBackup).text("color", color)
	return report("reset", f, func(s *session) (*devenv.Report, error) {
		status, err := s.env.Status(ctx)
		if err != nil && devenv.AsFailure(err).Exit != devenv.ExitNotReady {
			return status, err
		}
		if err := s.confirm(loss(s.settings, status)); err != nil {
			return nil, err
		}
		return s.env.Reset(ctx, devenv.ResetOptions{Service: s.settings.Command.Service, NoBackup: s.settings.Command.NoBackup})
	})
}

// loss says what a reset would delete.
func loss(s *devenv.Settings, status *devenv.Report) string {
	var parts []string
	for _, v := range status.Services {
		switch only := s.Command.Service; {
		case only != "" && only != v.Name:
		case v.Ready:
			parts = append(parts, fmt.Sprintf("%d keys in the %s", v.Keys, v.Name))
		default:
			parts = append(parts, "what the "+v.Name+" keeps on disk")
		}
	}
	return "This deletes " + strings.Join(parts, " and ") + " of " + s.Project + "."
}

// Logs prints what the servers have said.
func Logs(ctx context.Context,
	o *string, // form of the result: table or json, an object for each line (REDKIT_OUTPUT)
	service *string, // one server: cache or broker (REDKIT_SERVICE)
	tail *int, // so many last lines of each; 0 for all (REDKIT_TAIL)
	since *time.Duration, // leave out what is older (REDKIT_SINCE)
	timestamps *bool, // tell when each line was written, in UTC (REDKIT_TIMESTAMPS)
	follow *bool, // go on until interrupted (REDKIT_FOLLOW)
) error {
	f := flags{}.text("o", o).text("service", service).count("tail", tail).duration("since", since).
		flag("timestamps", timestamps).flag("follow", follow)
	return run("logs", f, func(s *session) error {
		c := s.settings.Command
		o := devenv.LogOptions{Service: c.Service, Tail: c.Tail, Follow: c.Follow, Timestamps: c.Timestamps, JSON: s.settings.Output == "json"}
		if c.Since > 0 {
			o.Since = time.Now().Add(-c.Since)
		}
		return s.env.Logs(ctx, o, s.out)
	})
}

// Env prints the variables an application needs, and writes them to a file for it.
func Env(_ context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	showSecrets *bool, // print passwords (REDKIT_SHOW_SECRETS)
) error {
	return run("env", flags{}.text("o", o).flag("show-secrets", showSecrets), func(s *session) error {
		if err := s.env.WriteEnvFile(); err != nil {
			return err
		}
		return s.printEnv()
	})
}

// Serve runs fake servers in the foreground: what up starts in the background for the embedded backend.
func Serve(ctx context.Context) error {
	return run("serve", flags{}, func(s *session) error { return s.env.Serve(ctx) })
}
