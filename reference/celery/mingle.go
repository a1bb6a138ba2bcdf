package celery

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// mingleLimit is how long a worker waits for the answers of its neighbours,
// as long as Celery's do. One that died without a word costs all of it.
const mingleLimit = time.Second

// mingle asks the workers that are connected, Go's and Python's, which tasks
// were revoked while this one was away, and for their logical clocks.
func (w *Worker) mingle(ctx context.Context) error {
	names, err := w.neighbours(ctx)
	if err != nil || len(names) == 0 {
		return err
	}
	c := w.app.Control("hello", map[string]any{"from_node": w.opt.Name, "revoked": w.revoked.all(w.app.now())})
	c.Destination, c.Limit, c.Timeout = names, len(names), mingleLimit
	answers, err := c.Call(ctx)
	for _, v := range answers {
		if answer, ok := v.(map[string]any); ok {
			w.app.hear(answer["clock"])
			w.revoked.merge(w.app.now(), answer["revoked"])
		}
	}
	return err
}

// neighbours are the names of the other workers that can be asked.
func (w *Worker) neighbours(ctx context.Context) ([]string, error) {
	binder, ok := w.app.set.Broker.(broker.Binder)
	if !ok {
		return nil, nil
	}
	boxes, err := binder.Bindings(ctx, pidbox)
	if err != nil {
		return nil, fmt.Errorf("look for other workers: %w", err)
	}
	var names []string
	for _, b := range boxes {
		if name, ok := strings.CutSuffix(b.Queue, "."+pidbox); ok && name != w.opt.Name {
			names = append(names, name)
		}
	}
	return names, nil
}
