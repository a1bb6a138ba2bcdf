package remote

import (
	"context"
	"iter"
)

// Clear implements cachetest.Clearer: it takes no version.
func (c *Cache) Clear(ctx context.Context) error {
	return c.p.ask(ctx, c.name, "clear", map[string]any{}, nil, nil)
}

// Close implements cachetest.Closer.
func (c *Cache) Close() error {
	return c.p.ask(context.Background(), c.name, "close", map[string]any{}, nil, nil)
}

// Keys implements cachetest.Scanner.
func (c *Cache) Keys(ctx context.Context, pattern string) ([]string, error) {
	return texts(c.plain(ctx, "keys", arg{"search", pattern}))
}

// IterKeys implements cachetest.Scanner. The child walks to the end at once.
func (c *Cache) IterKeys(ctx context.Context, pattern string, step int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		args := []arg{{"search", pattern}}
		if step > 0 {
			args = append(args, arg{"itersize", int64(step)})
		}
		keys, err := texts(c.plain(ctx, "iter_keys", args...))
		if err != nil {
			yield("", err)
		}
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

func texts(v any, err error) ([]string, error) {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i], _ = list[i].(string)
	}
	return out, err
}

// DeletePattern implements cachetest.Scanner.
func (c *Cache) DeletePattern(ctx context.Context, pattern string) (int, error) {
	return number(c, ctx, "delete_pattern", arg{"pattern", pattern})
}
