package container

import (
	"context"

	"github.com/redkit-dev/redkit/redistest"
)

// Await waits for a server at addr as for that of a container, until ctx ends.
func Await(ctx context.Context, addr string) error {
	return (&instance{end: redistest.Endpoint{Network: "tcp", Addr: addr}}).ready(ctx)
}
