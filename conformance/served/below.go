package served

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
)

// Below is the server under whatever is judged.
type Below struct{ srv *redistest.Server }

// Under is what is below an implementation on srv.
func Under(srv *redistest.Server) Below { return Below{srv} }

// Do performs a command and returns what go-redis makes of its answer, nil if
// that is null.
func (b Below) Do(ctx context.Context, command ...string) (any, error) {
	args := make([]any, len(command))
	for i, a := range command {
		args[i] = a
	}
	v, err := b.srv.Client().Do(ctx, args...).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return v, err
}

// URL is the address of srv by way of its faults, for a client in another
// process, on which all its commands are seen.
func URL(srv *redistest.Server) string {
	return fmt.Sprintf("redis://%s/%d", srv.Faults().Addr(), srv.DB())
}
