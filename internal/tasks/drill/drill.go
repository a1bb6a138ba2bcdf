// Package drill holds the mage targets drill:…; every exported function is one.
// Each breaks things on purpose, counts what came of it and writes it to bench/.
package drill

import (
	"context"
	"time"

	"github.com/redkit-dev/redkit/internal/tasks"
)

// Celery kills workers and servers and breaks connections under 100,000 tasks, and counts what is lost or repeated.
func Celery(ctx context.Context) error {
	return tasks.Go(ctx, nil, "run", "./internal/drill/celery")
}

// Recovery kills a broker under load, by SIGKILL and as a power loss does, and counts the messages lost for each appendfsync.
func Recovery(ctx context.Context) error {
	return tasks.Go(ctx, nil, "run", "./internal/drill/recovery")
}

// Fuzz sends a live worker malformed messages and commands, and fails unless it goes on and each message is run or kept with the reason.
func Fuzz(ctx context.Context,
	duration *time.Duration, // of the messages that are drawn; 10m when not given
) error {
	args := []string{"run", "./internal/drill/fuzz"}
	if duration != nil {
		args = append(args, "-for", duration.String())
	}
	return tasks.Go(ctx, nil, args...)
}
