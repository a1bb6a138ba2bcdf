package redistest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// parseVersion reads "7", "7.2" or "7.2.4" as three numbers that compare.
func parseVersion(text string) (v [3]int, err error) {
	parts := strings.Split(text, ".")
	if len(parts) > len(v) {
		return v, fmt.Errorf("version %q has more than three parts", text)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return v, fmt.Errorf("version %q: want numbers and dots, such as 7.2", text)
		}
		v[i] = n
	}
	return v, nil
}

// versionOf tells the version of an instance, asked for once.
func versionOf(i Instance, ctl *control) func() string {
	if v, ok := i.(interface{ Version() string }); ok {
		return v.Version
	}
	return sync.OnceValue(func() string {
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		defer cancel()
		v, err := askVersion(ctx, ctl.client())
		if err != nil {
			return ""
		}
		return v
	})
}

// askVersion reads the version from INFO.
func askVersion(ctx context.Context, c redis.Cmdable) (string, error) {
	info, err := c.Info(ctx, "server").Result()
	if err != nil {
		return "", fmt.Errorf("ask the server's version: %w", err)
	}
	for line := range strings.Lines(info) {
		if v, found := strings.CutPrefix(line, "redis_version:"); found {
			return strings.TrimSpace(v), nil
		}
	}
	return "", fmt.Errorf("INFO server names no redis_version")
}
