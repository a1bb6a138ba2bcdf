package targets

import (
	"context"
	"errors"
	"maps"

	"github.com/redkit-dev/redkit/devenv"
)

// portTries is how often up looks for free ports again when somebody takes
// one in between.
const portTries = 5

// up starts the servers, on other ports where REDKIT_PORT_AUTO allows it. The
// ports it moved to count as flags of this up: later commands mean them too.
func (s *session) up(ctx context.Context, f flags) (*devenv.Report, error) {
	o := devenv.UpOptions{Recreate: s.settings.Command.Recreate, Clean: s.settings.Command.Clean}
	if o.Clean {
		if err := s.confirm("This deletes the kept data of " + s.settings.Project + "."); err != nil {
			return nil, err
		}
	}
	if !s.settings.Command.PortAuto {
		return s.env.Up(ctx, o)
	}
	for try := 1; ; try++ {
		moved, err := s.env.FreePorts(ctx)
		if err != nil {
			return nil, err
		}
		if len(moved) > 0 {
			maps.Copy(f, moved)
			again, err := open(f)
			if err != nil {
				return nil, err
			}
			*s = *again
		}
		r, err := s.env.Up(ctx, o)
		if p, taken := errors.AsType[*devenv.Failure](err); !taken || p.Exit != devenv.ExitPortTaken || try == portTries {
			return r, err
		}
	}
}
