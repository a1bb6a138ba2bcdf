package docs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

// A figure is one comparison of a file in bench/: of redkit with another way.
type figure struct {
	file, name, base string
	ours, of         float64
	unit             string
	speed            float64 // how many times as fast as the other
	aim              float64 // the speed aimed at; 0 where there is none
}

// shown are the figures of the README, in its order.
var shown = []struct{ file, name, base, says, against string }{
	{"redistest", "a clean native test", "testcontainers: a container per test", "a clean database of `redis-server` for a test", "a container by testcontainers"},
	{"redistest", "fake, start to first PING and end", "miniredis and go-redis, same options", "a fake for a test, from start to end", "miniredis by hand"},
	{"redistest", "Advance over 10,000 keys, TCP", "PTTL and PEXPIRE per key", "`Advance` over 10,000 keys on `redis-server`", "PTTL and PEXPIRE for each"},
	{"redistest", "cluster of 3 masters, all slots serve writes", "ADDSLOTS and MEET", "a cluster of three masters", "CLUSTER ADDSLOTS and MEET"},
	{"up", "compose", "up -d by hand + the first PING", "`mage up` on compose", "`docker compose up -d` and a PING"},
	{"celery", "publish, 1 at once", "Celery delay()", "publish a task", "Celery's `delay()`"},
	{"celery", "publish, 1 at once", "asynq Enqueue", "publish a task", "asynq"},
	{"celery", "consume and ack a no-op task", "asynq", "run and acknowledge a task", "asynq"},
	{"celery", "consume and ack a no-op task", "Celery, pool prefork", "run and acknowledge a task", "Celery, prefork"},
	{"cache", "get 1 KiB, 1 goroutine, pickle", "raw go-redis Get", "get a pickled KiB", "go-redis, raw bytes"},
	{"cache", "get_many of 100, 1 goroutine, GetMany", "raw MGET", "get 100 entries at once", "go-redis MGET"},
}

// TestSpeedTableIsThatOfTheRecords keeps the table in README.md what the
// records in bench/ say, and has it name every aim that they miss:
//
//	go test ./internal/docs -run TestSpeedTable -update
func TestSpeedTableIsThatOfTheRecords(t *testing.T) {
	t.Parallel()
	var all []figure
	for _, read := range []func(*testing.T) []figure{redistestFigures, celeryFigures, upFigures, cacheFigures} {
		all = append(all, read(t)...)
	}
	readme := read(t, "../../README.md")
	between := regexp.MustCompile(`(?s)(<!-- speed -->\n).*(<!-- /speed -->)`)
	if !between.MatchString(readme) {
		t.Fatal("README.md has no <!-- speed --> and <!-- /speed -->")
	}
	table := strings.ReplaceAll(speedTable(t, all), "$", "$$")
	golden.Equal(t, []byte(between.ReplaceAllString(readme, "${1}"+table+"${2}")), "../../README.md")
}

func speedTable(t *testing.T, all []figure) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| what | redkit | the other way | times as fast | aim |\n|---|---|---|---|---|\n")
	named := map[figure]bool{}
	for _, row := range shown {
		var found *figure
		for i, f := range all {
			if f.file == row.file && f.name == row.name && f.base == row.base {
				found = &all[i]
			}
		}
		if found == nil {
			t.Fatalf("bench/%s.json has no %q against %q", row.file, row.name, row.base)
		}
		named[*found] = true
		fmt.Fprintf(&b, "| %s | %s | %s: %s | %s | %s |\n", row.says, amount(found.ours, found.unit), row.against, amount(found.of, found.unit), times(found.speed), found.verdict())
	}
	var missed []string
	for _, f := range all {
		if f.missed() && !named[f] {
			missed = append(missed, fmt.Sprintf("%s (%s against %s, aim %s)", f.name, times(f.speed), f.base, times(f.aim)))
		}
	}
	b.WriteString("\n")
	if len(missed) > 0 {
		fmt.Fprintf(&b, "Aims missed beside those of the table: %s. ", strings.Join(missed, "; "))
	}
	fmt.Fprintf(&b, "A bare LPUSH of go-redis is %s as fast as asynq's call, which bounds what a publisher over it can reach. ", times(bound(t, all)))
	b.WriteString("Each figure is of one run of both ways on a machine of two cores; [bench](bench) has all of them, and `go tool mage bench:redistest`, `bench:celery`, `bench:cache` and `bench:up` measure yours.\n")
	return b.String()
}

// bound is how much faster than asynq's call the command is that it cannot do without.
func bound(t *testing.T, all []figure) float64 {
	t.Helper()
	rate := map[string]float64{}
	for _, f := range all {
		if f.file == "celery" && f.name == "publish, 1 at once" {
			rate[f.base] = f.of
		}
	}
	push, enqueue := rate["go-redis LPUSH of the same bytes"], rate["asynq Enqueue"]
	if push == 0 || enqueue == 0 {
		t.Fatal("bench/celery.json does not compare publishing with LPUSH and asynq")
	}
	return push / enqueue
}

func (f figure) missed() bool { return f.aim > 0 && f.speed < f.aim }

func (f figure) verdict() string {
	switch {
	case f.aim == 0:
		return ""
	case f.missed():
		return "**" + times(f.aim) + ", missed**"
	}
	return times(f.aim)
}

func times(x float64) string { return round(x) + "×" }

func amount(x float64, unit string) string {
	if unit == "/s" {
		return round(x) + unit
	}
	return round(x) + " " + unit
}

// round keeps as many digits as tell something, with commas in thousands.
func round(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 1000:
		return fmt.Sprintf("%.0f", x)
	}
	whole := int(x + 0.5)
	return fmt.Sprintf("%d,%03d", whole/1000, whole%1000)
}
