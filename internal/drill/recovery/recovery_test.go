package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestRecovery is the drill with a small load.
func TestRecovery(t *testing.T) {
	t.Parallel()
	d, err := drill{messages: 300, limit: 2 * time.Minute}.find()
	if err != nil {
		if os.Getenv("REDISTEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	rounds, err := d.all(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := verdict(rounds); err != nil {
		t.Error(err)
	}
	for _, r := range rounds {
		if r.Acked < d.messages {
			t.Errorf("%s, %s: %d acknowledged publishes, want %d or more", r.AppendFsync, r.Kill, r.Acked, d.messages)
		}
		if always := r.AppendFsync == "always"; always && r.Syncs < 10 {
			t.Errorf("%s, %s: %d fsyncs, which is not always", r.AppendFsync, r.Kill, r.Syncs)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		r    round
		want string // "" for none
	}{
		{round{AppendFsync: "always", Kill: power, Acked: 9}, ""},
		{round{AppendFsync: "always", Kill: power, Acked: 9, Lost: 1}, "lost under appendfsync always"},
		{round{AppendFsync: "everysec", Kill: power, Acked: 9, Lost: 5}, ""},
		{round{AppendFsync: "everysec", Kill: killed, Acked: 9, Lost: 1}, "although the machine ran on"},
		{round{AppendFsync: "no", Kill: killed, Acked: 9, Lost: 1}, "although the machine ran on"},
		{round{AppendFsync: "no", Kill: power, Acked: 9, Lost: 9}, ""},
		{round{AppendFsync: "no", Kill: power, Acked: 9}, "the power loss was not one"},
		{round{AppendFsync: "always", Kill: killed}, "proves nothing"},
	}
	for _, tt := range tests {
		tt.r.judge()
		err := verdict([]round{tt.r})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s, %s, %d lost: %v, want %q", tt.r.AppendFsync, tt.r.Kill, tt.r.Lost, err, tt.want)
		}
	}
}
