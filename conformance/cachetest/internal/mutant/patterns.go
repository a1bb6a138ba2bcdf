package mutant

import (
	"context"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// listing changes what keys returns.
func listing(change func(c Full, ctx context.Context, pattern string, got []string) []string) Break {
	return keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
		got, err := c.Keys(ctx, pattern)
		return change(c, ctx, pattern, got), err
	})
}

// walking changes what iter_keys yields.
func walking(change func(all []string) []string) Break {
	return iterKeys(func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			var all []string
			for key, err := range c.IterKeys(ctx, pattern, step) {
				if err != nil {
					yield("", err)
					return
				}
				all = append(all, key)
			}
			for _, key := range change(all) {
				if !yield(key, nil) {
					return
				}
			}
		}
	})
}

func patterns() []Mutant {
	return []Mutant{
		{Name: "keys-returns-stored-keys", Break: listing(func(_ Full, _ context.Context, _ string, got []string) []string {
			out := make([]string, len(got))
			for i, key := range got {
				out[i] = ":1:" + key
			}
			return out
		})},
		{Name: "keys-returns-keys-twice", Break: listing(func(_ Full, _ context.Context, _ string, got []string) []string {
			return append(got, got...)
		})},
		{Name: "keys-takes-no-pattern-for-every-key", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			if pattern == "" {
				pattern = "*"
			}
			return c.Keys(ctx, pattern)
		})},
		{Name: "patterns-are-those-of-a-shell", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			all, err := c.Keys(ctx, "*")
			return slices.DeleteFunc(all, func(key string) bool {
				match, _ := path.Match(pattern, key)
				return !match
			}), err
		})},
		{Name: "patterns-are-prefixes", Break: keys(func(c Full, ctx context.Context, pattern string) ([]string, error) {
			head, _, _ := strings.Cut(pattern, "*")
			all, err := c.Keys(ctx, "*")
			return slices.DeleteFunc(all, func(key string) bool { return !strings.HasPrefix(key, head) }), err
		})},
		{Name: "delete_pattern-removes-every-version", Break: deletePattern(func(c Full, ctx context.Context, pattern string) (int, error) {
			n, err := c.DeletePattern(ctx, pattern)
			_, _ = c.At("1").(Full).DeletePattern(ctx, pattern)
			return n, err
		})},
		{Name: "delete_pattern-clears-the-cache", Break: deletePattern(func(c Full, ctx context.Context, pattern string) (int, error) {
			n, err := c.DeletePattern(ctx, pattern)
			if n > 0 {
				err = c.Clear(ctx)
			}
			return n, err
		})},
		{Name: "delete_pattern-removes-one-page", Break: deletePattern(func(c Full, ctx context.Context, pattern string) (int, error) {
			all, err := c.Keys(ctx, pattern)
			if err != nil {
				return 0, err
			}
			return c.DeleteMany(ctx, all[:min(len(all), 1000)])
		})},
		{Name: "delete_pattern-counts-every-key", Break: deletePattern(func(c Full, ctx context.Context, pattern string) (int, error) {
			all, _ := c.Keys(ctx, "*")
			_, err := c.DeletePattern(ctx, pattern)
			return len(all), err
		})},
		{Name: "a-hostile-prefix-finds-nothing", Break: open(func(c Full, ctx context.Context, alias cachetest.Alias) (cachetest.Cache, error) {
			inner, err := c.Open(ctx, alias)
			if err != nil || !strings.Contains(alias.Prefix, `\`) {
				return inner, err
			}
			return keys(func(Full, context.Context, string) ([]string, error) { return nil, nil })(inner.(Full)), nil
		})},
		{Name: "keys-are-cut-at-the-second-colon", Break: listing(func(_ Full, _ context.Context, _ string, got []string) []string {
			out := make([]string, len(got))
			for i, key := range got {
				out[i] = key[strings.IndexByte(key, ':')+1:]
			}
			return out
		})},
		{Name: "keys-lists-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return listing(func(_ Full, _ context.Context, pattern string, got []string) []string {
				seen.mu.Lock()
				defer seen.mu.Unlock()
				for key := range seen.seen {
					if pattern == "*" && !slices.Contains(got, key) {
						got = append(got, key)
					}
				}
				return got
			})
		})},
		{Name: "iter_keys-yields-one-page", Break: walking(func(all []string) []string { return all[:min(len(all), 10)] })},
		{Name: "iter_keys-skips-the-last-key", Break: walking(func(all []string) []string {
			slices.Sort(all)
			return all[:max(len(all)-1, 0)]
		})},
		{Name: "iter_keys-goes-on-after-the-caller-stopped", Break: iterKeys(func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for key, err := range c.IterKeys(ctx, pattern, step) {
					yield(key, err)
				}
			}
		})},
		{Name: "iter_keys-restarts-when-keys-come-and-go", Break: iterKeys(func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				before, _ := c.Keys(ctx, pattern)
				for i, key := range before {
					if now, _ := c.Keys(ctx, pattern); i%2 == 1 && len(now) != len(before) {
						continue
					}
					if !yield(key, nil) {
						return
					}
				}
			}
		})},
		{Name: "quoting-does-nothing", Break: quotePattern(func(_ Full, text string) string { return text })},
		{Name: "quoting-forgets-backslashes", Break: quotePattern(func(c Full, text string) string {
			return strings.ReplaceAll(c.QuotePattern(text), `\\`, `\`)
		})},
		{Name: "patterns-see-plain-values-only", Break: listing(func(c Full, ctx context.Context, _ string, got []string) []string {
			return slices.DeleteFunc(got, func(key string) bool {
				n, err := c.SCard(ctx, key)
				return err == nil && n > 0
			})
		})},
	}
}

func conditions() []Mutant {
	// then does something after a conditional write that did not hold.
	unless := func(cond cachetest.Condition, then func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error)) Break {
		return setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, got cachetest.Condition) (bool, error) {
			held, err := c.SetIf(ctx, key, value, timeout, got)
			if !held && err == nil && got == cond {
				return then(c, ctx, key, value, timeout)
			}
			return held, err
		})
	}
	return []Mutant{
		{Name: "set-if-absent-stores-nothing", Break: setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
			if cond == cachetest.IfAbsent {
				there, err := c.Has(ctx, key)
				return !there, err
			}
			return c.SetIf(ctx, key, value, timeout, cond)
		})},
		{Name: "set-if-absent-overwrites", Break: unless(cachetest.IfAbsent, func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			return false, c.Set(ctx, key, value, timeout)
		})},
		{Name: "set-if-absent-ignores-the-timeout", Break: setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
			if cond == cachetest.IfAbsent && !gone(timeout) {
				timeout = cachetest.Default()
			}
			return c.SetIf(ctx, key, value, timeout, cond)
		})},
		{Name: "set-if-absent-of-zero-removes", Break: unless(cachetest.IfAbsent, func(c Full, ctx context.Context, key string, _ any, timeout Timeout) (bool, error) {
			if gone(timeout) {
				_, _ = c.Delete(ctx, key)
			}
			return false, nil
		})},
		{Name: "set-if-present-keeps-the-time-left", Break: setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
			if cond == cachetest.IfPresent {
				timeout = remaining(c, ctx, key)
			}
			return c.SetIf(ctx, key, value, timeout, cond)
		})},
		{Name: "set-if-present-writes-anyway", Break: unless(cachetest.IfPresent, func(c Full, ctx context.Context, key string, value any, timeout Timeout) (bool, error) {
			return false, c.Set(ctx, key, value, timeout)
		})},
		{Name: "conditions-see-expired-entries", Break: seesExpired(func(seen *memory[bool]) Break {
			return setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
				if _, ever := seen.get(key); ever {
					return cond == cachetest.IfPresent, nil
				}
				return c.SetIf(ctx, key, value, timeout, cond)
			})
		})},
		{Name: "both-conditions-mean-the-first", Break: setIf(func(c Full, ctx context.Context, key string, value any, timeout Timeout, cond cachetest.Condition) (bool, error) {
			if cond == cachetest.IfBoth {
				cond = cachetest.IfAbsent
			}
			return c.SetIf(ctx, key, value, timeout, cond)
		})},
	}
}

// walkFreely is an iter_keys that goes on when its context has ended.
func walkFreely() Break {
	return iterKeys(func(c Full, ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
		return c.IterKeys(context.WithoutCancel(ctx), pattern, step)
	})
}
