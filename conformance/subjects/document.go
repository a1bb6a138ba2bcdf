package subjects

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/reference/celery/result"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// extended are the names that result_extended adds, in Celery's order.
var extended = []string{"name", "args", "kwargs", "worker", "retries", "queue"}

func storedDocument(d resulttest.Document) *result.Document {
	out := &result.Document{TaskID: d.TaskID, Status: result.State(d.Status), Value: d.Value, Error: storedFailure(d.Error), Traceback: d.Traceback,
		DateDone: d.Done, GroupID: d.GroupID, ParentID: d.ParentID}
	for _, c := range d.Children {
		out.Children = append(out.Children, storedChild(c))
	}
	for _, name := range extended {
		if v, ok := d.Extended[name]; ok {
			out.Extended = append(out.Extended, pyjson.Member{Key: name, Value: v})
		}
	}
	return out
}

func seenDocument(d *result.Document) resulttest.Document {
	out := resulttest.Document{TaskID: d.TaskID, Status: string(d.Status), Value: d.Value, Error: seenFailure(d.Error), Traceback: d.Traceback,
		Done: d.DateDone, GroupID: d.GroupID, ParentID: d.ParentID}
	for _, c := range d.Children {
		out.Children = append(out.Children, seenChild(c))
	}
	for _, m := range d.Extended {
		if out.Extended == nil {
			out.Extended = map[string]any{}
		}
		out.Extended[m.Key] = m.Value
	}
	return out
}

func storedChild(c resulttest.Child) result.Child {
	out := result.Child{ID: c.ID}
	if c.Group != nil {
		out.Group = []result.Child{}
	}
	for _, m := range c.Group {
		out.Group = append(out.Group, storedChild(m))
	}
	return out
}

func seenChild(c result.Child) resulttest.Child {
	out := resulttest.Child{ID: c.ID}
	if c.Group != nil {
		out.Group = []resulttest.Child{}
	}
	for _, m := range c.Group {
		out.Group = append(out.Group, seenChild(m))
	}
	return out
}

func storedFailure(f *resulttest.Failure) *result.Error {
	if f == nil {
		return nil
	}
	return &result.Error{Type: f.Type, Module: f.Module, Args: f.Args, Text: f.Text}
}

func seenFailure(e *result.Error) *resulttest.Failure {
	if e == nil {
		return nil
	}
	return &resulttest.Failure{Type: e.Type, Module: e.Module, Args: e.Args, Text: e.Text}
}

// resultStore looks at a Redis database below any result backend.
type resultStore struct{ client *redis.Client }

// Stored implements resulttest.Inspector.
func (s resultStore) Stored(ctx context.Context, key string) (resulttest.Entry, error) {
	kind, err := s.client.Type(ctx, key).Result()
	if err != nil || kind == "none" {
		return resulttest.Entry{}, err
	}
	e := resulttest.Entry{Kind: kind, Left: resulttest.Endless}
	left, err := s.client.PTTL(ctx, key).Result()
	if err != nil {
		return e, err
	}
	if left >= 0 {
		e.Left = left
	}
	switch kind {
	case "string":
		e.Text, err = s.client.Get(ctx, key).Result()
	case "list":
		e.Items, err = s.client.LRange(ctx, key, 0, -1).Result()
	case "zset":
		var members []redis.Z
		members, err = s.client.ZRangeWithScores(ctx, key, 0, -1).Result()
		e.Members = map[string]float64{}
		for _, m := range members {
			e.Members[m.Member.(string)] = m.Score
		}
	}
	return e, err
}

// StoreRaw implements resulttest.Inspector.
func (s resultStore) StoreRaw(ctx context.Context, key, text string) error {
	return s.client.Set(ctx, key, text, 0).Err()
}

// PushRaw implements resulttest.Inspector.
func (s resultStore) PushRaw(ctx context.Context, key, text string) error {
	return s.client.RPush(ctx, key, text).Err()
}

// StoredKeys implements resulttest.Inspector.
func (s resultStore) StoredKeys(ctx context.Context) ([]string, error) {
	return s.client.Keys(ctx, "*").Result()
}

// Heard implements resulttest.Inspector. What it publishes itself at the end
// comes after all that run published.
func (s resultStore) Heard(ctx context.Context, channel string, run func()) ([]string, error) {
	sub := s.client.Subscribe(ctx, channel)
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil { // it is confirmed
		return nil, err
	}
	run()
	const end = "the end of what is heard"
	if err := s.client.Publish(ctx, channel, end).Err(); err != nil {
		return nil, err
	}
	var heard []string
	for {
		m, err := sub.ReceiveMessage(ctx)
		if err != nil || m.Payload == end {
			return heard, err
		}
		heard = append(heard, m.Payload)
	}
}

// Listeners implements resulttest.Inspector.
func (s resultStore) Listeners(ctx context.Context, channel string) (int, error) {
	n, err := s.client.PubSubNumSub(ctx, channel).Result()
	return int(n[channel]), err
}
