package cache

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/redkit-dev/redkit/internal/glob"
)

// A memorySet holds members by their encoding.
type memorySet struct{ members map[string]struct{} }

// A memoryHash holds frozen values by field.
type memoryHash struct{ fields map[string]content }

// collection finds or, with create, makes the collection under key and runs
// use on it under the lock; a missing one without create is the zero T.
// A collection that use leaves empty is removed, as Redis does.
func collection[T any](ctx context.Context, m *Memory, op, key string, opts []Option, create func() *T, empty func(*T) bool, use func(*T)) error {
	if err := stop(ctx, op, key); err != nil {
		return err
	}
	c := parse(opts)
	stored, err := m.keys.bytes(nil, key, &c)
	if err != nil {
		return fail(op, key, nil, err)
	}
	m.write(stored, create != nil && !m.peek(stored), func(sh *shard) {
		e, ok := sh.live(stored, m.now)
		if !ok {
			if create == nil {
				use(new(T))
				return
			}
			box := create()
			if use(box); !empty(box) {
				m.store.put(stored, content{value: box}, 0)
			}
			return
		}
		box, is := e.value.(*T)
		if !is {
			err = fail(op, key, ErrWrongType, nil)
			return
		}
		if use(box); empty(box) {
			m.store.remove(e)
		}
	})
	return err
}

func newSet() *memorySet         { return &memorySet{make(map[string]struct{})} }
func emptySet(s *memorySet) bool { return len(s.members) == 0 }
func (m *Memory) readSet(ctx context.Context, op, key string, opts []Option, use func(*memorySet)) error {
	return collection(ctx, m, op, key, opts, nil, emptySet, use)
}

// encodeAll encodes members before anything is changed.
func encodeAll(c *codec, op, key string, members []any) ([]string, error) {
	out := make([]string, len(members))
	for i, member := range members {
		b, err := c.encode(member)
		if err != nil {
			return nil, fail(op, key, nil, err)
		}
		out[i] = string(b)
	}
	return out, nil
}

// decodeAll decodes members in order.
func decodeAll(c *codec, op, key string, encoded []string) ([]any, error) {
	out := make([]any, len(encoded))
	for i, s := range encoded {
		v, err := c.decode([]byte(s))
		if err != nil {
			return nil, fail(op, key, nil, err)
		}
		out[i] = v
	}
	return out, nil
}

// SAdd implements Sets.
func (m *Memory) SAdd(ctx context.Context, key string, members []any, opts ...Option) (added int, err error) {
	encoded, err := encodeAll(&m.codec, "sadd", key, members)
	if err != nil {
		return 0, err
	}
	err = collection(ctx, m, "sadd", key, opts, newSet, emptySet, func(s *memorySet) {
		before := len(s.members)
		for _, e := range encoded {
			s.members[e] = struct{}{}
		}
		added = len(s.members) - before
	})
	return added, err
}

// SRem implements Sets.
func (m *Memory) SRem(ctx context.Context, key string, members []any, opts ...Option) (removed int, err error) {
	encoded, err := encodeAll(&m.codec, "srem", key, members)
	if err != nil {
		return 0, err
	}
	err = m.readSet(ctx, "srem", key, opts, func(s *memorySet) {
		before := len(s.members)
		for _, e := range encoded {
			delete(s.members, e)
		}
		removed = before - len(s.members)
	})
	return removed, err
}

// SCard implements Sets.
func (m *Memory) SCard(ctx context.Context, key string, opts ...Option) (n int, err error) {
	err = m.readSet(ctx, "scard", key, opts, func(s *memorySet) { n = len(s.members) })
	return n, err
}

// SIsMember implements Sets.
func (m *Memory) SIsMember(ctx context.Context, key string, member any, opts ...Option) (bool, error) {
	is, err := m.SMIsMember(ctx, key, []any{member}, opts...)
	return err == nil && is[0], err
}

// SMIsMember implements Sets.
func (m *Memory) SMIsMember(ctx context.Context, key string, members []any, opts ...Option) ([]bool, error) {
	encoded, err := encodeAll(&m.codec, "smismember", key, members)
	if err != nil {
		return nil, err
	}
	is := make([]bool, len(encoded))
	err = m.readSet(ctx, "smismember", key, opts, func(s *memorySet) {
		for i, e := range encoded {
			_, is[i] = s.members[e]
		}
	})
	return is, err
}

// SMembers implements Sets.
func (m *Memory) SMembers(ctx context.Context, key string, opts ...Option) ([]any, error) {
	return m.SScan(ctx, key, "", opts...)
}

// SScan implements Sets.
func (m *Memory) SScan(ctx context.Context, key, pattern string, opts ...Option) ([]any, error) {
	var encoded []string
	err := m.readSet(ctx, "sscan", key, opts, func(s *memorySet) {
		for e := range s.members {
			encoded = append(encoded, e)
		}
	})
	if err != nil {
		return nil, err
	}
	members, err := decodeAll(&m.codec, "sscan", key, encoded)
	return texts(members, pattern), err
}

// texts keeps the members that are texts or bytes and match the glob; all if
// it is empty.
func texts(members []any, pattern string) []any {
	if pattern == "" {
		return members
	}
	return slices.DeleteFunc(members, func(member any) bool {
		switch m := member.(type) {
		case string:
			return !glob.Match(pattern, m)
		case []byte:
			return !glob.Match(pattern, string(m))
		}
		return true
	})
}

// SPop implements Sets.
func (m *Memory) SPop(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	var encoded []string
	err := m.readSet(ctx, "spop", key, opts, func(s *memorySet) {
		encoded = s.random(max(count, 0))
		for _, e := range encoded {
			delete(s.members, e)
		}
	})
	if err != nil {
		return nil, err
	}
	return decodeAll(&m.codec, "spop", key, encoded)
}

// SRandMember implements Sets.
func (m *Memory) SRandMember(ctx context.Context, key string, count int, opts ...Option) ([]any, error) {
	var encoded []string
	err := m.readSet(ctx, "srandmember", key, opts, func(s *memorySet) { encoded = s.random(count) })
	if err != nil {
		return nil, err
	}
	return decodeAll(&m.codec, "srandmember", key, encoded)
}

// random draws count different members or, if negative, -count with repetition.
func (s *memorySet) random(count int) []string {
	all := slices.Collect(maps.Keys(s.members))
	if len(all) == 0 {
		return nil
	}
	if count < 0 {
		out := make([]string, -count)
		for i := range out {
			out[i] = all[rand.IntN(len(all))]
		}
		return out
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(count, len(all))]
}
