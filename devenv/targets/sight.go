package targets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// Stats prints what every server does, one line per interval and server, until interrupted.
func Stats(ctx context.Context,
	o *string, // form of the result: table, env, json or csv (REDKIT_OUTPUT)
	interval *time.Duration, // how often (REDKIT_INTERVAL)
	count *int, // how often in all; 0 for until interrupted (REDKIT_COUNT)
) error {
	f := flags{}.text("o", o).duration("interval", interval).count("count", count)
	return run("stats", f, func(s *session) error {
		c, first := s.settings.Command, true
		return s.env.Stats(ctx, devenv.StatsOptions{Interval: c.Interval, Count: c.Count}, func(stats []devenv.Stat) error {
			err := s.printStats(stats, first)
			first = false
			return err
		})
	})
}

// printStats writes a line for each server: with JSON, an object for each.
func (s *session) printStats(stats []devenv.Stat, first bool) error {
	switch s.settings.Output {
	case "env":
		return s.printFlat("STATS", stats)
	case "csv":
		return s.printCSV(stats, first)
	}
	if first && s.settings.Output == "table" {
		fmt.Fprintf(s.out, "%-8s  %-8s %8s %6s %17s %9s %8s %7s %5s %4s %9s %15s %5s %4s %15s\n",
			"TIME", "SERVICE", "OPS/S", "HIT%", "USED/MAX", "RSS", "EVICT/S", "EXP/S", "CLI", "BLK", "KEYS", "IN/OUT KB/S", "FRAG", "AOF", "PING p50/p99 ms")
	}
	for _, v := range stats {
		var err error
		switch {
		case s.settings.Output == "json":
			s.printed = true
			err = json.NewEncoder(s.out).Encode(v)
		case !v.Up:
			_, err = fmt.Fprintf(s.out, "%s  %-8s %s\n", v.At.Format(time.TimeOnly), v.Service, v.Error)
		default:
			hit, limit := "n/a", "-"
			if v.HitPercent != nil {
				hit = strconv.FormatFloat(*v.HitPercent, 'f', 1, 64)
			}
			if v.MaxMemory > 0 {
				limit = devenv.FormatBytes(v.MaxMemory)
			}
			_, err = fmt.Fprintf(s.out, "%s  %-8s %8.0f %6s %17s %9s %8.0f %7.0f %5d %4d %9d %15s %5.2f %4s %15s\n", v.At.Format(time.TimeOnly), v.Service,
				v.OpsPerSec, hit, devenv.FormatBytes(v.UsedMemory)+"/"+limit, devenv.FormatBytes(v.UsedMemoryRSS), v.EvictedPerSec, v.ExpiredPerSec,
				v.Clients, v.Blocked, v.Keys, fmt.Sprintf("%.0f/%.0f", v.InPerSec/1024, v.OutPerSec/1024), v.Fragmentation, v.AOF,
				fmt.Sprintf("%.2f/%.2f", v.PingP50MS, v.PingP99MS))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Queues counts what waits in Celery's broker, per queue and priority.
func Queues(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
) error {
	return run("queues", flags{}.text("o", o), func(s *session) error {
		if _, err := s.env.Status(ctx); err != nil {
			return err
		}
		q, err := s.env.Queues(ctx)
		if err != nil {
			return err
		}
		if done, err := s.printForm("QUEUES", "queues", q); done {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "QUEUE\tDEPTH\tBY PRIORITY\tBOUND")
		for _, one := range q.Queues {
			fmt.Fprintf(w, "%s\t%d\t%s\t%v\n", one.Name, one.Depth, priorities(one.Priorities), one.Bound)
		}
		fmt.Fprintf(w, "\nunacked %d, the oldest for %.0f s · consumers %d · dead %d\n", q.Unacked, q.OldestUnackedS, q.Consumers, q.Dead)
		return w.Flush()
	})
}

// priorities are the depths by step, the most urgent first: "0:12 6:1".
func priorities(depths map[int]int64) string {
	var words []string
	for step := range 256 { // kombu's priorities are bytes
		if n := depths[step]; n > 0 {
			words = append(words, fmt.Sprintf("%d:%d", step, n))
		}
	}
	return orDash(strings.Join(words, " "))
}

// Keys looks at a sample of the keys of every cache alias: how many, how large, and which never expire.
func Keys(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	sample *int, // how many keys of each cache; 0 for all (REDKIT_SAMPLE)
) error {
	return run("keys", flags{}.text("o", o).count("sample", sample), func(s *session) error {
		if _, err := s.env.Status(ctx); err != nil {
			return err
		}
		all, err := s.env.Keys(ctx, s.settings.Command.Sample)
		if err != nil {
			return err
		}
		if done, err := s.printForm("KEYS", "aliases", all); done {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ALIAS\tDB\tKEYS\tBYTES\tWITHOUT TTL\tMEAN TTL\tSAMPLED")
		for _, k := range all {
			about := "about "
			if k.Exact {
				about = ""
			}
			fmt.Fprintf(w, "%s\t%d\t%s%d\t%s%s\t%s%d\t%s\t%d of %d\n", k.Alias, k.DB, about, k.Keys, about, devenv.FormatBytes(k.Bytes), about, k.WithoutTTL,
				time.Duration(k.MeanTTLS)*time.Second, k.Sampled, max(k.Database, k.Sampled))
		}
		return w.Flush()
	})
}

// Alerts judges the servers and the queues by rules, and fails when one is broken: a check for CI.
func Alerts(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	failOn *string, // warn or critical (REDKIT_FAIL_ON)
) error {
	return run("alerts", flags{}.text("o", o).text("fail-on", failOn), func(s *session) error {
		alerts, checks, err := s.env.Alerts(ctx)
		if err != nil {
			return err
		}
		failed := slices.ContainsFunc(alerts, func(a devenv.Alert) bool {
			return a.Severity == devenv.SeverityCritical || s.settings.Command.FailOn == devenv.SeverityWarn
		})
		return errors.Join(s.printAlerts(alerts, checks, !failed), alarm(alerts, failed))
	})
}

func alarm(alerts []devenv.Alert, failed bool) error {
	if !failed {
		return nil
	}
	return &devenv.Failure{Code: "alerts", Exit: devenv.ExitNotReady, Message: fmt.Sprintf("%d alerts: see their lines", len(alerts)), Fixes: []string{}}
}

func (s *session) printAlerts(alerts []devenv.Alert, checks int, ok bool) error {
	switch s.settings.Output {
	case "json":
		return s.printJSON(map[string]any{
			"schema": devenv.ReportSchema, "command": "alerts", "ok": ok, "project": s.settings.Project,
			"checks": checks, "alerts": append([]devenv.Alert{}, alerts...),
		})
	case "env":
		return s.printFlat("ALERTS", map[string]any{"ok": ok, "checks": checks, "count": len(alerts)})
	}
	for _, a := range alerts {
		fmt.Fprintf(s.out, "%-8s  %-16s %s\n", a.Severity, a.Rule, a.Message)
		if a.Fix != "" {
			fmt.Fprintf(s.out, "%27sfix: %s\n", "", a.Fix)
		}
	}
	_, err := fmt.Fprintf(s.out, "%d alerts in %d checks\n", len(alerts), checks)
	return err
}

// printForm writes a result as JSON, under name in the envelope, or as
// variables. It reports false when the table is asked for.
func (s *session) printForm(prefix, name string, result any) (done bool, err error) {
	switch s.settings.Output {
	case "json":
		return true, s.printJSON(map[string]any{
			"schema": devenv.ReportSchema, "command": strings.ToLower(prefix), "ok": true, "project": s.settings.Project, name: result,
		})
	case "env":
		return true, s.printFlat(prefix, result)
	}
	return false, nil
}
