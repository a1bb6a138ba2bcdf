package served

import (
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// Queues are those of kombu's transport in the database of srv, below any app.
func Queues(srv *redistest.Server) KombuQueues { return KombuQueues{srv.Client()} }

// KombuQueues looks at lists as kombu keeps them: one for each step of
// priorities, the next message at its right end.
type KombuQueues struct{ client redis.UniversalClient }

// Messages are the messages of a queue as they lie there, the next first.
func (q KombuQueues) Messages(ctx context.Context, queue string) ([]string, error) {
	var all []string
	for _, step := range []string{"", "\x06\x163", "\x06\x166", "\x06\x169"} {
		found, err := q.client.LRange(ctx, queue+step, 0, -1).Result()
		if err != nil {
			return nil, err
		}
		slices.Reverse(found)
		all = append(all, found...)
	}
	return all, nil
}

// Put puts a message into a queue, as another producer would.
func (q KombuQueues) Put(ctx context.Context, queue, message string) error {
	return q.client.LPush(ctx, queue, message).Err()
}
