package devenv

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// health is what the servers say about themselves: their memory doctor, and
// what took long.
func (x *examination) health(ctx context.Context) {
	for _, p := range x.patients {
		switch {
		case p.info == nil, p.Watches:
			continue
		case x.backend == BackendEmbedded:
			x.skip("memory", "the embedded %s has no memory doctor", p.Name)
			x.skip("slow commands", "the embedded %s has no slow log", p.Name)
			continue
		}
		x.memory(ctx, p)
		x.slowCommands(ctx, p)
	}
}

// memory asks MEMORY DOCTOR, which answers in prose: "Hi Sam, …" when it has
// found something, and "… can't find any memory issue", or that the server is
// too empty to say.
func (x *examination) memory(ctx context.Context, p patient) {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	text, err := p.client.Do(ctx, "memory", "doctor").Text()
	if err != nil {
		x.skip("memory", "the %s has no memory doctor: %v", p.Name, err)
		return
	}
	var found []string
	for line := range strings.Lines(text) {
		if item, ok := strings.CutPrefix(strings.TrimSpace(line), "* "); ok {
			name, _, _ := strings.Cut(item, ":")
			found = append(found, strings.ToLower(name))
		}
	}
	if len(found) > 0 {
		x.add(LevelWarn, "memory", "read what it advises: redis-cli memory doctor", "the memory doctor of the %s complains about: %s", p.Name, strings.Join(found, ", "))
		return
	}
	x.ok("memory", "the memory doctor of the %s finds nothing", p.Name)
}

// Commands longer than slowCommand, in the time of slowWindow, are worth a
// warning: while one runs nobody else is served.
const (
	slowCommand = 100 * time.Millisecond
	slowWindow  = time.Hour
)

func (x *examination) slowCommands(ctx context.Context, p patient) {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	log, err := p.client.SlowLogGet(ctx, 128).Result()
	if err != nil {
		x.skip("slow commands", "the %s does not show its slow log: %v", p.Name, err)
		return
	}
	var worst redis.SlowLog
	count := 0
	for _, entry := range log {
		if entry.Duration < slowCommand || x.o.Now().Sub(entry.Time) > slowWindow {
			continue
		}
		if count++; entry.Duration > worst.Duration {
			worst = entry
		}
	}
	if count == 0 {
		x.ok("slow commands", "no command of the %s took %s in the last hour", p.Name, slowCommand)
		return
	}
	name := "a command" // its arguments are not shown: they are data
	if len(worst.Args) > 0 {
		name = strings.ToUpper(worst.Args[0])
	}
	x.add(LevelWarn, "slow commands", "see which: redis-cli slowlog get", "%d commands of the %s took %s or more in the last hour; the longest, %s, %s",
		count, p.Name, slowCommand, name, worst.Duration.Round(time.Millisecond))
}
