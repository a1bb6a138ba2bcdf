package redistest

import (
	"context"
	"fmt"
	"slices"

	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/hashslot"
)

// migrateBatch is how many keys MIGRATE moves at a time.
const migrateBatch = 100

// MigrateSlot moves slot with its keys to shard while clients go on, and
// returns when every node knows. A client that knows the old owner is told
// MOVED.
func (c *ClusterServer) MigrateSlot(ctx context.Context, slot, shard int) error {
	m, err := c.StartMigration(ctx, slot, shard)
	if err != nil {
		return err
	}
	return m.Finish(ctx)
}

// A Migration is a slot on its way from one shard to another. Meanwhile the
// old owner answers for the keys it still has and says ASK for the others; a
// command on keys of both kinds gets TRYAGAIN.
type Migration struct {
	c        *ClusterServer
	slot, to int
	src, dst *node
}

// StartMigration marks slot as leaving its shard for another one, and moves
// no key yet. Call Finish.
func (c *ClusterServer) StartMigration(ctx context.Context, slot, shard int) (*Migration, error) {
	if slot < 0 || slot >= hashslot.Count {
		return nil, fmt.Errorf("slot %d: want 0 to %d", slot, hashslot.Count-1)
	}
	m := &Migration{c: c, slot: slot, to: shard}
	var err error
	if m.src, err = c.cluster.master(ctx, c.shardOf(slot)); err != nil {
		return nil, err
	}
	if m.dst, err = c.cluster.master(ctx, shard); err != nil {
		return nil, err
	}
	if m.src == m.dst {
		return nil, fmt.Errorf("slot %d is in shard %d already", slot, shard)
	}
	if err := m.mark(ctx, m.dst, "importing", c.cluster.id(m.src)); err != nil {
		return nil, err
	}
	return m, m.mark(ctx, m.src, "migrating", c.cluster.id(m.dst))
}

func (m *Migration) mark(ctx context.Context, n *node, args ...any) error {
	if err := n.Client().Do(ctx, append([]any{"cluster", "setslot", m.slot}, args...)...).Err(); err != nil {
		return fmt.Errorf("migrate slot %d: %s: %w", m.slot, n.end.Addr, err)
	}
	return nil
}

// MoveKeys moves these keys of the slot; one that does not exist is left out.
func (m *Migration) MoveKeys(ctx context.Context, keys ...string) error {
	for batch := range slices.Chunk(keys, migrateBatch) {
		args := []any{"migrate", "127.0.0.1", m.dst.port.number, "", 0, settle.Milliseconds()}
		switch end := m.dst.end; {
		case end.Username != "":
			args = append(args, "auth2", end.Username, end.Password)
		case end.Password != "":
			args = append(args, "auth", end.Password)
		}
		args = append(args, "keys")
		for _, key := range batch {
			if Slot(key) != m.slot {
				return fmt.Errorf("key %q is in slot %d, not %d", key, Slot(key), m.slot)
			}
			args = append(args, key)
		}
		if err := m.src.Client().Do(ctx, args...).Err(); err != nil {
			return fmt.Errorf("migrate keys of slot %d: %w", m.slot, err)
		}
	}
	return nil
}

// Finish moves the keys that are left and gives the slot to its new shard. It
// returns when every node knows.
func (m *Migration) Finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	for {
		keys, err := m.src.Client().ClusterGetKeysInSlot(ctx, m.slot, migrateBatch).Result()
		if err != nil {
			return fmt.Errorf("migrate slot %d: %w", m.slot, err)
		}
		if len(keys) == 0 {
			break
		}
		if err := m.MoveKeys(ctx, keys...); err != nil {
			return err
		}
	}
	// The new owner first: were it to die in between, the slot would be lost.
	owner := m.c.cluster.id(m.dst)
	for _, n := range append([]*node{m.dst, m.src}, m.others(ctx)...) {
		if err := m.mark(ctx, n, "node", owner); err != nil {
			return err
		}
	}
	m.c.moving.Lock()
	m.c.moved[m.slot] = m.to
	m.c.moving.Unlock()
	return m.c.cluster.Agree(ctx, m.c.cluster.ExpectAgreement)
}

// others returns the masters that the slot does not concern.
func (m *Migration) others(ctx context.Context) (out []*node) {
	for _, n := range m.c.cluster.Running() {
		if n != m.src && n != m.dst && fleet.ExpectMaster(ctx, n) == nil {
			out = append(out, n)
		}
	}
	return out
}
