package redistest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Snapshot is the data of a test at one moment. It does not change with them.
type Snapshot struct {
	keys  map[string]dumped // by the text of database and key
	order []string          // of keys
	less  int               // keys that were left out
}

// A dumped is one key as text.
type dumped struct {
	head  string   // key, type, time to live
	lines []string // of the value
}

// Dump returns the data of the test as text that is the same for the same
// data on every engine, fit for golden files:
//
//	session:1  hash  ttl 30m
//	  name = ann
//	  visits = 3
//	queue  list
//	  first
//	  "second one"
//
// Keys are sorted, and so is what has no order of its own (hash fields, set
// members). Text that is not plain is quoted as Go does it. A time to live is
// rounded up to a second, from a minute on to ten seconds, from an hour on to
// a minute, from a day on to an hour, so that the time a test takes does not
// show. Streams show their groups and what is pending. The databases other
// than the test's own come last and only where the server is the test's alone.
//
// Dump sees what the clients of others left in the test's database too. It
// fails the test when the server cannot be read.
func (s *Server) Dump(ctx context.Context) string { return s.Snapshot(ctx).String() }

// Snapshot returns the data of the test, for Diff. It fails the test when the
// server cannot be read.
func (s *Server) Snapshot(ctx context.Context) Snapshot {
	snap, err := s.snapshot(ctx, dumper{})
	if err != nil {
		s.tb.Fatalf("redistest: dump the data: %v", err)
	}
	return snap
}

// Diff returns what has changed since before, as text that is the same on
// every engine, and "" if nothing has: + for what came, - for what went, ~ for
// a key that changed. It fails the test when the server cannot be read.
func (s *Server) Diff(ctx context.Context, before Snapshot) string {
	return s.Snapshot(ctx).since(before)
}

// String returns the snapshot as Dump does.
func (s Snapshot) String() string {
	var b strings.Builder
	for _, key := range s.order {
		s.keys[key].write(&b, "")
	}
	return b.String()
}

func (d dumped) write(b *strings.Builder, mark string) {
	fmt.Fprintf(b, "%s%s\n", mark, d.head)
	for _, line := range d.lines {
		fmt.Fprintf(b, "%s  %s\n", mark, line)
	}
}

// snapshot reads the databases that are the test's.
func (s *Server) snapshot(ctx context.Context, d dumper) (Snapshot, error) {
	c := s.reader(s.held.db)
	defer c.Close()
	d.prefix = s.held.prefix
	snap := Snapshot{keys: map[string]dumped{}}
	if err := d.read(ctx, c, &snap); err != nil {
		return snap, err
	}
	if _, cheap := s.engine.(solitary); !cheap && !s.set.conf.own() {
		return snap, nil
	}
	dbs, err := filled(ctx, c)
	if err != nil {
		return snap, err
	}
	for _, db := range dbs {
		if db == s.held.db {
			continue
		}
		other := s.reader(db)
		d.mark = fmt.Sprintf("db %d: ", db)
		err := d.read(ctx, other, &snap)
		_ = other.Close()
		if err != nil {
			return snap, err
		}
	}
	return snap, nil
}

// reader returns a client to a database, past faults and traces. The caller
// closes it.
func (s *Server) reader(db int) *redis.Client {
	opts := s.end.options(s.bare)
	opts.DB, opts.Protocol, opts.MaxRetries = db, 2, -1
	return redis.NewClient(opts)
}

// filled returns the databases that hold keys, in order.
func filled(ctx context.Context, c *redis.Client) (dbs []int, err error) {
	info, err := c.Info(ctx, "keyspace").Result()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(info) {
		var db int
		if _, err := fmt.Sscanf(line, "db%d:", &db); err == nil {
			dbs = append(dbs, db)
		}
	}
	slices.Sort(dbs)
	return dbs, nil
}

// add puts a key in its place.
func (s *Snapshot) add(key string, d dumped) {
	s.keys[key] = d
	s.order = append(s.order, key)
}

// since writes what is different from before.
func (s Snapshot) since(before Snapshot) string {
	var b strings.Builder
	all := maps.Clone(before.keys)
	maps.Copy(all, s.keys)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		old, was := before.keys[key]
		now, is := s.keys[key]
		switch {
		case !was:
			now.write(&b, "+ ")
		case !is:
			old.write(&b, "- ")
		case old.head != now.head || !slices.Equal(old.lines, now.lines):
			now.change(&b, old)
		}
	}
	return b.String()
}

// change writes a key that was old and is d.
func (d dumped) change(b *strings.Builder, old dumped) {
	if old.head == d.head {
		fmt.Fprintf(b, "~ %s\n", d.head)
	} else {
		fmt.Fprintf(b, "~ %s  (was: %s)\n", d.head, old.head)
	}
	gone, came := without(old.lines, d.lines), without(d.lines, old.lines)
	if len(gone)+len(came) == 0 && !slices.Equal(old.lines, d.lines) {
		gone, came = old.lines, d.lines // the same in another order
	}
	for _, line := range gone {
		fmt.Fprintf(b, "-   %s\n", line)
	}
	for _, line := range came {
		fmt.Fprintf(b, "+   %s\n", line)
	}
}

// without returns the lines of a that b lacks, counting repeats.
func without(a, b []string) (out []string) {
	count := map[string]int{}
	for _, line := range b {
		count[line]++
	}
	for _, line := range a {
		if count[line]--; count[line] < 0 {
			out = append(out, line)
		}
	}
	return out
}

// lifetime writes a time to live, rounded up as Dump says.
func lifetime(d time.Duration) string {
	grain := time.Hour
	switch {
	case d <= time.Minute:
		grain = time.Second
	case d <= time.Hour:
		grain = 10 * time.Second
	case d <= 24*time.Hour:
		grain = time.Minute
	}
	d = time.Duration(math.Ceil(float64(d)/float64(grain))) * grain
	text := d.String() // 1h0m0s
	text = strings.TrimSuffix(text, "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	if text == "" || !strings.ContainsAny(text[len(text)-1:], "hms") {
		return d.String()
	}
	return text
}
