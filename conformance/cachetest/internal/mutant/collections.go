package mutant

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

func setsOf() []Mutant {
	return []Mutant{
		{Name: "sadd-counts-what-it-was-given", Break: sAdd(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			_, err := c.SAdd(ctx, key, members...)
			return len(members), err
		})},
		{Name: "scard-of-a-missing-set-fails", Break: sCard(func(c Full, ctx context.Context, key string) (int, error) {
			n, err := c.SCard(ctx, key)
			if n == 0 && err == nil {
				err = cachetest.ErrNotFound
			}
			return n, err
		})},
		{Name: "spop-of-a-missing-set-returns-nil-as-a-member", Break: sPop(func(c Full, ctx context.Context, key string, count int) ([]any, error) {
			got, err := c.SPop(ctx, key, count)
			if len(got) == 0 {
				got = []any{nil}
			}
			return got, err
		})},
		{Name: "srem-removes-one-member", Break: sRem(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			return c.SRem(ctx, key, members[0])
		})},
		{Name: "smismember-answers-in-its-own-order", Break: smIsMember(func(c Full, ctx context.Context, key string, members ...any) ([]bool, error) {
			got, err := c.SMIsMember(ctx, key, members...)
			slices.Reverse(got)
			return got, err
		})},
		{Name: "sismember-is-always-true", Break: sIsMember(func(Full, context.Context, string, any) (bool, error) { return true, nil })},
		{Name: "members-lose-their-types", Break: sAdd(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			members = slices.Clone(members)
			for i, m := range members {
				if m == int64(1) {
					members[i] = "1"
				}
			}
			return c.SAdd(ctx, key, members...)
		})},
		{Name: "spop-leaves-the-members", Break: sPop(func(c Full, ctx context.Context, key string, count int) ([]any, error) {
			return c.SRandMember(ctx, key, count)
		})},
		{Name: "srandmember-repeats-members", Break: sRandMember(func(c Full, ctx context.Context, key string, count int) ([]any, error) {
			got, err := c.SRandMember(ctx, key, count)
			if len(got) > 1 {
				got[1] = got[0]
			}
			return got, err
		})},
		{Name: "srandmember-removes-members", Break: sRandMember(func(c Full, ctx context.Context, key string, count int) ([]any, error) {
			got, err := c.SRandMember(ctx, key, count)
			if len(got) > 0 {
				_, err = c.SRem(ctx, key, got[0])
			}
			return got, err
		})},
		{Name: "smove-copies", Break: sMove(func(c Full, ctx context.Context, from, to string, member any) (bool, error) {
			moved, err := c.SMove(ctx, from, to, member)
			if moved {
				_, err = c.SAdd(ctx, from, member)
			}
			return moved, err
		})},
		{Name: "smove-adds-what-was-not-there", Break: sMove(func(c Full, ctx context.Context, from, to string, member any) (bool, error) {
			moved, err := c.SMove(ctx, from, to, member)
			_, _ = c.SAdd(ctx, to, member)
			return moved, err
		})},
		{Name: "smove-forgets-the-version-of-the-destination", Break: sMove(func(c Full, ctx context.Context, from, to string, member any) (bool, error) {
			n, err := c.SRem(ctx, from, member)
			if n > 0 {
				_, err = c.At("1").(Full).SAdd(ctx, to, member)
			}
			return n > 0, err
		})},
		{Name: "sdiff-is-symmetric", Break: sDiff(func(c Full, ctx context.Context, keys ...string) ([]any, error) {
			a, err := c.SDiff(ctx, keys...)
			reversed := slices.Clone(keys)
			slices.Reverse(reversed)
			b, _ := c.SDiff(ctx, reversed...)
			return append(a, b...), err
		})},
		{Name: "sinter-passes-over-missing-sets", Break: sInter(func(c Full, ctx context.Context, keys ...string) ([]any, error) {
			keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { n, _ := c.SCard(ctx, key); return n == 0 })
			return c.SInter(ctx, keys...)
		})},
		{Name: "sunionstore-adds-to-the-destination", Break: sUnionStore(func(c Full, ctx context.Context, to string, keys ...string) (int, error) {
			_, _ = c.SAdd(ctx, "keep", "x")
			return c.SUnionStore(ctx, to, append([]string{"keep"}, keys...)...)
		})},
		{Name: "sinterstore-leaves-the-destination-if-empty", Break: sInterStore(func(c Full, ctx context.Context, to string, keys ...string) (int, error) {
			if got, err := c.SInter(ctx, keys...); err != nil || len(got) == 0 {
				return 0, err
			}
			return c.SInterStore(ctx, to, keys...)
		})},
		{Name: "sscan-ignores-the-pattern", Break: sScan(func(c Full, ctx context.Context, key, _ string) ([]any, error) {
			return c.SScan(ctx, key, "")
		})},
		{Name: "sscan-matches-texts-of-the-length-of-the-pattern", Break: sScan(func(c Full, ctx context.Context, key, pattern string) ([]any, error) {
			got, err := c.SScan(ctx, key, pattern)
			return slices.DeleteFunc(got, func(m any) bool {
				text, _ := m.(string)
				return pattern != "" && len(text) != len(pattern)
			}), err
		})},
		{Name: "sscan-returns-one-page", Break: sScan(func(c Full, ctx context.Context, key, pattern string) ([]any, error) {
			got, err := c.SScan(ctx, key, pattern)
			return got[:min(len(got), 10)], err
		})},
		{Name: "sadd-sets-the-default-timeout", Break: sAdd(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			n, err := c.SAdd(ctx, key, members...)
			if left := remaining(c, ctx, key); left == cachetest.Forever() {
				_, _ = c.Touch(ctx, key, cachetest.Default())
			}
			return n, err
		})},
		{Name: "sadd-clears-the-expiry", Break: sAdd(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			n, err := c.SAdd(ctx, key, members...)
			_, _ = c.Persist(ctx, key)
			return n, err
		})},
		{Name: "sadd-replaces-a-plain-value", Break: sAdd(func(c Full, ctx context.Context, key string, members ...any) (int, error) {
			n, err := c.SAdd(ctx, key, members...)
			if errors.Is(err, cachetest.ErrWrongType) {
				_, _ = c.Delete(ctx, key)
				return c.SAdd(ctx, key, members...)
			}
			return n, err
		})},
		{Name: "get-of-another-type-finds-nothing", Break: get(func(c Full, ctx context.Context, key string) (any, bool, error) {
			v, found, err := c.Get(ctx, key)
			if errors.Is(err, cachetest.ErrWrongType) {
				return nil, false, nil
			}
			return v, found, err
		})},
		{Name: "sets-forget-the-version", Break: inVersionOne(func(one func() Full) Break {
			return sAdd(func(_ Full, ctx context.Context, key string, members ...any) (int, error) {
				return one().SAdd(ctx, key, members...)
			})
		})},
	}
}

func hashesOf() []Mutant {
	return []Mutant{
		{Name: "hset-counts-what-it-was-given", Break: hSet(func(c Full, ctx context.Context, key string, fields map[string]any) (int, error) {
			_, err := c.HSet(ctx, key, fields)
			return len(fields), err
		})},
		{Name: "hget-takes-nil-for-a-miss", Break: hGet(func(c Full, ctx context.Context, key, field string) (any, bool, error) {
			v, found, err := c.HGet(ctx, key, field)
			return v, found && v != nil, err
		})},
		{Name: "hdel-removes-one-field", Break: hDel(func(c Full, ctx context.Context, key string, fields ...string) (int, error) {
			return c.HDel(ctx, key, fields[0])
		})},
		{Name: "hdel-counts-what-it-was-given", Break: hDel(func(c Full, ctx context.Context, key string, fields ...string) (int, error) {
			_, err := c.HDel(ctx, key, fields...)
			return len(fields), err
		})},
		{Name: "hexists-looks-at-the-value", Break: hExists(func(c Full, ctx context.Context, key, field string) (bool, error) {
			v, found, err := c.HGet(ctx, key, field)
			return found && v != nil, err
		})},
		{Name: "hlen-of-a-missing-hash-fails", Break: hLen(func(c Full, ctx context.Context, key string) (int, error) {
			n, err := c.HLen(ctx, key)
			if n == 0 && err == nil {
				err = cachetest.ErrNotFound
			}
			return n, err
		})},
		{Name: "hset-clears-the-expiry", Break: hSet(func(c Full, ctx context.Context, key string, fields map[string]any) (int, error) {
			n, err := c.HSet(ctx, key, fields)
			_, _ = c.Persist(ctx, key)
			return n, err
		})},
		{Name: "hset-replaces-a-plain-value", Break: hSet(func(c Full, ctx context.Context, key string, fields map[string]any) (int, error) {
			n, err := c.HSet(ctx, key, fields)
			if errors.Is(err, cachetest.ErrWrongType) {
				_, _ = c.Delete(ctx, key)
				return c.HSet(ctx, key, fields)
			}
			return n, err
		})},
		{Name: "hlen-forgets-the-version", Break: inVersionOne(func(one func() Full) Break {
			return hLen(func(_ Full, ctx context.Context, key string) (int, error) { return one().HLen(ctx, key) })
		})},
		{Name: "hset-stops-at-the-first-bad-field", Break: hSet(func(c Full, ctx context.Context, key string, fields map[string]any) (int, error) {
			total := 0
			for _, field := range slices.Sorted(maps.Keys(fields)) {
				n, err := c.HSet(ctx, key, map[string]any{field: fields[field]})
				if err != nil {
					return total, err
				}
				total += n
			}
			return total, nil
		})},
	}
}
