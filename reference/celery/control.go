package celery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

const pidbox = "celery.pidbox"

// A Control is a remote control request to workers, Go's and Python's alike.
type Control struct {
	Method      string
	Arguments   map[string]any
	Destination []string      // names of workers; nil for all
	Timeout     time.Duration // how long Call waits for answers; 0 is a second
	Limit       int           // of answers; 0 for none

	app *App
}

// Control makes a request: ping, stats, active, revoke, rate_limit and the
// like (celery/worker/control.py).
func (a *App) Control(method string, arguments map[string]any) *Control {
	return &Control{Method: method, Arguments: arguments, app: a}
}

func (c *Control) encode(replyTo, ticket string, expires time.Time) ([]byte, error) {
	arguments := c.Arguments
	if arguments == nil {
		arguments = map[string]any{}
	}
	var destination any
	if c.Destination != nil {
		destination = c.Destination
	}
	body := pyjson.Object{{Key: "method", Value: c.Method}, {Key: "arguments", Value: arguments}, {Key: "destination", Value: destination},
		{Key: "pattern", Value: nil}, {Key: "matcher", Value: nil}}
	headers := map[string]any{"clock": c.app.tick()}
	if replyTo != "" {
		body = append(body, pyjson.Member{Key: "ticket", Value: ticket},
			pyjson.Member{Key: "reply_to", Value: pyjson.Object{{Key: "exchange", Value: "reply." + pidbox}, {Key: "routing_key", Value: replyTo}}})
		headers["expires"] = float64(expires.UnixMicro()) / 1e6
	}
	return fanoutMessage(pidbox, "", body, headers, 2)
}

// fanoutMessage is an envelope with a JSON body for an exchange.
func fanoutMessage(exchange, key string, body any, headers map[string]any, mode int) ([]byte, error) {
	text, err := pyjson.Encode(body)
	if err != nil {
		return nil, err
	}
	e := message.Envelope{Body: text, ContentType: "application/json", ContentEncoding: "utf-8", Headers: headers,
		Properties: map[string]any{"delivery_mode": mode, "delivery_info": map[string]any{"exchange": exchange, "routing_key": key},
			"priority": 0, "delivery_tag": newID()}}
	return e.Encode()
}

// Cast sends the request and waits for nothing.
func (c *Control) Cast(ctx context.Context) error {
	raw, err := c.encode("", "", time.Time{})
	if err == nil {
		err = c.app.set.Broker.Broadcast(ctx, pidbox, "", raw)
	}
	if err != nil {
		return fmt.Errorf("control %s: %w", c.Method, err)
	}
	return nil
}

// Call sends the request and returns the answers by the name of the worker,
// those that came within Timeout.
func (c *Control) Call(ctx context.Context) (answers map[string]any, err error) {
	b := c.app.set.Broker
	oid := newID()
	box := broker.Binding{Exchange: "reply." + pidbox, RoutingKey: oid, Queue: oid + ".reply." + pidbox}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = time.Second
	}
	raw, err := c.encode(oid, newID(), c.app.now().Add(timeout))
	if err == nil {
		err = b.Declare(ctx, "direct", box)
	}
	if err != nil {
		return nil, fmt.Errorf("control %s: %w", c.Method, err)
	}
	defer func() {
		err = errors.Join(err, b.Unbind(context.WithoutCancel(ctx), box))
	}()
	if err := b.Broadcast(ctx, pidbox, "", raw); err != nil {
		return nil, fmt.Errorf("control %s: %w", c.Method, err)
	}
	return c.collect(ctx, b.Consume(oid, box.Queue), timeout)
}

func (c *Control) collect(ctx context.Context, consumer broker.Consumer, timeout time.Duration) (map[string]any, error) {
	defer consumer.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := c.app.set.Clock.After(timeout)
	stop := make(chan struct{})
	go func() { // ends with ctx or the timeout; waited for by the loop below, which ends no earlier
		select {
		case <-late:
		case <-ctx.Done():
		}
		close(stop)
		cancel()
	}()
	defer func() { cancel(); <-stop }()
	answers := map[string]any{}
	for c.Limit <= 0 || len(answers) < c.Limit {
		claimed, err := consumer.Claim(ctx, 64)
		if err == nil && len(claimed) == 0 {
			err = consumer.Wait(ctx, timeout)
		}
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return answers, err
		}
		for _, d := range claimed {
			for name, answer := range readAnswer(d.Raw) {
				answers[name] = answer
			}
		}
		if err := c.app.set.Broker.Ack(ctx, claimed...); err != nil && ctx.Err() == nil {
			return answers, err
		}
	}
	return answers, nil
}

// readAnswer reads {worker: answer}; what is no answer is passed over.
func readAnswer(raw []byte) map[string]any {
	e, err := message.Decode(raw)
	if err != nil {
		return nil
	}
	v, err := pyjson.Decode(e.Body)
	if err != nil {
		return nil
	}
	m, _ := v.(map[string]any)
	return m
}
