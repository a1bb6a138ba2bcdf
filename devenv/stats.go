package devenv

import (
	"context"
	"time"
)

// StatsOptions say how often Stats asks. The zero value asks every second
// until its context ends.
type StatsOptions struct {
	Interval time.Duration // 0: one second
	Count    int           // how many times; 0: until the context ends
}

// pingsPerSample leave room for INFO within five commands per sample.
const pingsPerSample = 4

// Stats hands to each what every server did in an interval, once per
// interval, and returns nil when the count is reached or ctx ends. An error
// of each ends it. It costs every server one INFO and four PINGs an interval.
// Errors of its own are *Failure.
func (e *Env) Stats(ctx context.Context, o StatsOptions, each func([]Stat) error) error {
	if o.Interval <= 0 {
		o.Interval = time.Second
	}
	w, err := e.Watch(ctx)
	if err != nil {
		return err
	}
	defer w.Close()
	tick := time.NewTicker(o.Interval)
	defer tick.Stop()
	before := w.Sample(ctx, pingsPerSample)
	for n := 0; o.Count == 0 || n < o.Count; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := w.Sample(ctx, pingsPerSample)
		if ctx.Err() != nil {
			return nil
		}
		stats := make([]Stat, len(now))
		for i := range now {
			stats[i] = Between(before[i], now[i])
		}
		if err := each(stats); err != nil {
			return err
		}
		before = now
	}
	return nil
}

// A Stat is what one server did between two samples.
type Stat struct {
	At      time.Time `json:"at"`
	Service string    `json:"service"`
	Up      bool      `json:"up"` // false: all below is zero
	Error   string    `json:"error,omitempty"`

	OpsPerSec float64 `json:"ops_per_sec"`
	// HitPercent is of the reads of the interval; nil when there were none.
	HitPercent    *float64 `json:"hit_percent"`
	UsedMemory    int64    `json:"used_memory"`     // bytes
	UsedMemoryRSS int64    `json:"used_memory_rss"` // bytes
	MaxMemory     int64    `json:"maxmemory"`       // bytes; 0: no limit
	EvictedPerSec float64  `json:"evicted_per_sec"`
	ExpiredPerSec float64  `json:"expired_per_sec"`
	Clients       int64    `json:"clients"`
	Blocked       int64    `json:"blocked"`
	Keys          int64    `json:"keys"`
	InPerSec      float64  `json:"in_bytes_per_sec"`
	OutPerSec     float64  `json:"out_bytes_per_sec"`
	Fragmentation float64  `json:"fragmentation"`
	AOF           string   `json:"aof"`         // off, ok or err
	PingP50MS     float64  `json:"ping_p50_ms"` // of the last 100 PINGs
	PingP99MS     float64  `json:"ping_p99_ms"`
}

// Between tells what a server did from before to now. A server that was
// started again in between, or did not answer before, is counted from its start.
func Between(before, now Sample) Stat {
	s := Stat{At: now.At, Service: now.Service, Up: now.Up(), AOF: "off"}
	if !s.Up {
		s.Error = now.Err.Error()
		return s
	}
	f, d := now.info(), change(before, now)
	s.OpsPerSec, s.EvictedPerSec, s.ExpiredPerSec = d.perSecond("total_commands_processed"), d.perSecond("evicted_keys"), d.perSecond("expired_keys")
	s.InPerSec, s.OutPerSec = d.perSecond("total_net_input_bytes"), d.perSecond("total_net_output_bytes")
	s.HitPercent = d.hitPercent()
	s.UsedMemory, s.UsedMemoryRSS, s.MaxMemory = f.number("used_memory"), f.number("used_memory_rss"), f.number("maxmemory")
	s.Clients, s.Blocked, s.Keys = f.number("connected_clients"), f.number("blocked_clients"), f.keys()
	s.Fragmentation = f.decimal("mem_fragmentation_ratio")
	if f["aof_enabled"] == "1" {
		s.AOF = "ok"
		if f["aof_last_write_status"] == "err" || f["aof_last_bgrewrite_status"] == "err" {
			s.AOF = "err"
		}
	}
	s.PingP50MS, s.PingP99MS = milliseconds(now.Latency(50)), milliseconds(now.Latency(99))
	return s
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
