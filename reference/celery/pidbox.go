package celery

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// controlLoop answers remote control until ctx ends. It calls mingled when
// this worker knows what the others know, or cannot learn it now.
func (w *Worker) controlLoop(ctx context.Context, mingled func()) {
	b := w.app.set.Broker
	var asking sync.WaitGroup
	defer asking.Wait()
	box := broker.Binding{Exchange: pidbox, Queue: w.opt.Name + "." + pidbox}
	for failures := 0; ctx.Err() == nil; {
		err := b.Declare(ctx, "fanout", box)
		if err == nil {
			err = b.Listen(ctx, []broker.Binding{box}, func() {
				failures = 0
				w.say(ctx, "worker-online", nil)
				asking.Go(func() { // ends with ctx or after mingleLimit; while it waits, this worker answers
					if err := w.mingle(ctx); err != nil && ctx.Err() == nil {
						w.app.set.Logger.Warn("cannot ask other workers what was revoked", "err", err)
					}
					mingled()
				})
			}, func(f broker.Fanout) { w.command(ctx, f.Raw) })
		}
		mingled()
		if ctx.Err() != nil {
			break
		}
		if failures++; failures == 1 {
			w.app.set.Logger.Warn("remote control is not connected, trying again", "err", err)
		}
		w.pause(ctx, failures)
	}
	ended, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := b.Unbind(ended, box); err != nil {
		w.app.set.Logger.Warn("cannot remove the remote control queue", "err", err)
	}
}

// Heed handles a remote control request, a message to celery.pidbox, and
// returns when that is done: for a worker that is Quiet and nevertheless to be
// controlled, from its own process.
func (w *Worker) Heed(ctx context.Context, raw []byte) { w.command(ctx, raw) }

// command handles one request, if it is for this worker.
func (w *Worker) command(ctx context.Context, raw []byte) {
	e, err := message.Decode(raw)
	if err != nil {
		w.app.set.Logger.Warn("a remote control request cannot be read", "err", err)
		return
	}
	v, err := pyjson.Decode(e.Body)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		w.app.set.Logger.Warn("a remote control request is no JSON object", "err", err)
		return
	}
	w.app.hear(e.Headers["clock"])
	if !w.addressed(m) || expired(e.Headers["expires"], w.app.now()) {
		return
	}
	method, _ := m["method"].(string)
	arguments, _ := m["arguments"].(map[string]any)
	answer := w.do(ctx, method, arguments)
	reply, ok := m["reply_to"].(map[string]any)
	if !ok {
		return
	}
	exchange, _ := reply["exchange"].(string)
	key, _ := reply["routing_key"].(string)
	out, err := fanoutMessage(exchange, key, map[string]any{w.opt.Name: answer}, map[string]any{"ticket": m["ticket"], "clock": w.app.tick()}, 1)
	if err == nil {
		err = w.app.set.Broker.Publish(ctx, broker.Message{Exchange: exchange, RoutingKey: key, Raw: out})
	}
	if err != nil && !errors.Is(err, broker.ErrUnroutable) { // the asker may have gone
		w.app.set.Logger.Warn("cannot answer remote control", "method", method, "err", err)
	}
}

func expired(v any, now time.Time) bool {
	var at float64
	switch v := v.(type) {
	case float64:
		at = v
	case int64:
		at = float64(v)
	}
	return at > 0 && float64(now.UnixMicro())/1e6 > at
}

// addressed reports whether a request names this worker, or nobody in particular.
func (w *Worker) addressed(m map[string]any) bool {
	if names, ok := m["destination"].([]any); ok && len(names) > 0 {
		return slices.Contains(names, any(w.opt.Name))
	}
	pattern, _ := m["pattern"].(string)
	if pattern == "" {
		return true
	}
	if m["matcher"] == "pcre" {
		re, err := regexp.Compile("^(?:" + pattern + ")")
		return err == nil && re.MatchString(w.opt.Name)
	}
	re, err := regexp.Compile("^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
	return err == nil && re.MatchString(w.opt.Name)
}
