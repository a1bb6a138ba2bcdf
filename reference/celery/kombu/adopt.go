package kombu

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// A heldEntry is what is known of one claim: its score, its message and its
// record, "" where there is none.
type heldEntry struct {
	field        string
	score        float64
	entry, claim string
}

// newestFirst orders claims for their way back. Those of one call share a
// score; their tokens, process.consumer.call.place, say which came first.
func newestFirst(a, b heldEntry) int {
	if n := cmp.Compare(b.score, a.score); n != 0 {
		return n
	}
	one, _, _ := parseClaim(a.claim)
	two, _, _ := parseClaim(b.claim)
	return slices.CompareFunc(strings.Split(two, "."), strings.Split(one, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)) // numbers, and prefixes of one length
	})
}

// adopt gives messages in unacked that have no score one, so that the sweep
// finds them after the visibility timeout, which kombu's never would; and it
// drops records of claims whose message is gone, as a kombu sweep leaves them.
func (t *Transport) adopt(ctx context.Context, now time.Time) error {
	if err := t.mend(ctx, "unacked", score(now)); err != nil {
		return err
	}
	return t.mend(ctx, "redkit.claims", "")
}

func (t *Transport) mend(ctx context.Context, hash, score string) error {
	var cursor uint64
	for {
		pairs, next, err := t.client.HScan(ctx, t.key(hash), cursor, "", 200).Result()
		if err != nil {
			return err
		}
		args := []any{score}
		for i := 0; i < len(pairs); i += 2 {
			args = append(args, pairs[i])
		}
		if len(args) > 1 {
			if err := adoptScript.Run(ctx, t.client, []string{t.key("unacked_index"), t.key(hash)}, args...).Err(); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
