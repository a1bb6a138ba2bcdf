package redistest

import (
	"context"
	"slices"
)

// Dump returns the data of all shards as text, as Server.Dump does. It fails
// the test when a master cannot be read.
func (c *ClusterServer) Dump(ctx context.Context) string { return c.dump(ctx) }

// Dump returns the data of the master as text, as Server.Dump does. It fails
// the test when the master cannot be read.
func (s *SentinelServer) Dump(ctx context.Context) string { return s.dump(ctx) }

func (t *topology) dump(ctx context.Context) string {
	snap, err := t.snapshot(ctx, dumper{})
	if err != nil {
		t.tb.Fatalf("redistest: dump the data of %s: %v", t.name, err)
	}
	return snap.String()
}

// snapshot reads the masters.
func (t *topology) snapshot(ctx context.Context, d dumper) (Snapshot, error) {
	snap := Snapshot{keys: map[string]dumped{}}
	masters, err := t.masters(ctx)
	if err != nil {
		return snap, err
	}
	for _, n := range masters {
		if err := d.read(ctx, n.Client(), &snap); err != nil {
			return snap, err
		}
	}
	slices.Sort(snap.order)
	return snap, nil
}
