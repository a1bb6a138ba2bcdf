package devenv

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBetween(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	before := Sample{Service: "cache", At: at, Info: map[string]string{
		"run_id": "a", "total_commands_processed": "100", "keyspace_hits": "10", "keyspace_misses": "10", "evicted_keys": "5",
	}}
	now := Sample{Service: "cache", At: at.Add(2 * time.Second), Pings: []time.Duration{3 * time.Millisecond, time.Millisecond, 2 * time.Millisecond}, Info: map[string]string{
		"run_id": "a", "uptime_in_seconds": "50", "total_commands_processed": "300", "keyspace_hits": "40", "keyspace_misses": "20", "evicted_keys": "15",
		"used_memory": "10", "used_memory_rss": "20", "maxmemory": "30", "connected_clients": "4", "blocked_clients": "1", "mem_fragmentation_ratio": "2.00",
		"aof_enabled": "1", "aof_last_write_status": "ok", "db0": "keys=3,expires=1,avg_ttl=0", "db5": "keys=4,expires=0,avg_ttl=0",
	}}
	hit := 75.0
	want := Stat{
		At: now.At, Service: "cache", Up: true, OpsPerSec: 100, HitPercent: &hit, EvictedPerSec: 5, UsedMemory: 10, UsedMemoryRSS: 20, MaxMemory: 30,
		Clients: 4, Blocked: 1, Keys: 7, Fragmentation: 2, AOF: "ok", PingP50MS: 2, PingP99MS: 3,
	}
	if diff := cmp.Diff(want, Between(before, now)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	now.Info["run_id"] = "b" // started again: its counters are all new
	if got := Between(before, now); got.OpsPerSec != 6 || *got.HitPercent != 100*40.0/60 {
		t.Errorf("after a restart: %v commands a second, %v %% hits, want 6 and 66.7", got.OpsPerSec, *got.HitPercent)
	}
	gone := Between(now, Sample{Service: "cache", Err: errors.New("refused")})
	if gone.Up || gone.Error != "refused" {
		t.Errorf("a server that does not answer: %+v", gone)
	}
	if got := Between(now, now).HitPercent; got != nil {
		t.Errorf("without reads %v %% hits, want none", *got)
	}
}

func TestConsumersAreThoseThatWait(t *testing.T) {
	t.Parallel()
	list := "id=1 addr=a db=0 flags=b cmd=brpop\n" + // Celery's worker
		"id=2 addr=b db=0 flags=t cmd=exists\n" + // redkit's
		"id=3 addr=c db=1 flags=b cmd=brpop\n" + // of another database
		"id=4 addr=d db=0 flags=N cmd=lpush\n"
	if got := consumers(list, 0); got != 2 {
		t.Errorf("consumers = %d, want 2", got)
	}
}
