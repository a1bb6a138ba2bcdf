package message

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// Malformed is input that is no message, or no task.
type Malformed struct {
	Reason string // what is wrong, without the input
	Err    error  // the cause, or nil
}

func (e *Malformed) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Malformed) Unwrap() error { return e.Err }

func malformed(format string, args ...any) error {
	return &Malformed{Reason: fmt.Sprintf(format, args...)}
}

// An Envelope is one element of a kombu queue list.
type Envelope struct {
	Body            []byte // the bytes below body_encoding, still compressed
	ContentType     string
	ContentEncoding string
	Headers         map[string]any
	Properties      map[string]any // without body_encoding, which Encode sets
}

// Decode reads an element of a queue list. It asks for what kombu's consumers
// cannot do without: properties, a delivery tag, and the exchange and routing
// key the message was published to (kombu 5: kombu/transport/virtual/base.py).
// The error is a *Malformed.
func Decode(raw []byte) (*Envelope, error) {
	v, err := pyjson.Decode(raw)
	if err != nil {
		return nil, &Malformed{Reason: "the message is not JSON", Err: err}
	}
	top, ok := v.(map[string]any)
	if !ok {
		return nil, malformed("the message is not a JSON object")
	}
	e := &Envelope{}
	e.ContentType, _ = top["content-type"].(string)
	e.ContentEncoding, _ = top["content-encoding"].(string)
	if e.Headers, ok = top["headers"].(map[string]any); !ok && top["headers"] != nil {
		return nil, malformed("headers is not an object")
	}
	if e.Headers == nil {
		e.Headers = map[string]any{}
	}
	if e.Properties, ok = top["properties"].(map[string]any); !ok {
		return nil, malformed("properties is missing or not an object")
	}
	if e.Tag() == "" {
		return nil, malformed("properties.delivery_tag is missing")
	}
	info, _ := e.Properties["delivery_info"].(map[string]any)
	for _, key := range []string{"exchange", "routing_key"} {
		if _, ok := info[key].(string); !ok {
			return nil, malformed("properties.delivery_info.%s is missing", key)
		}
	}
	if e.Body, err = body(top["body"], e.Properties["body_encoding"]); err != nil {
		return nil, err
	}
	delete(e.Properties, "body_encoding")
	return e, nil
}

func body(v, encoding any) ([]byte, error) {
	text, ok := v.(string)
	if !ok {
		// kombu 5.3 and later write a body of bytes without body_encoding as a wrapper.
		if data, ok := Unwrap(v).([]byte); ok {
			return data, nil
		}
		return nil, malformed("body is missing or not text")
	}
	if encoding != "base64" {
		return []byte(text), nil
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, &Malformed{Reason: "body is not base64", Err: err}
	}
	return data, nil
}

// The order in which Celery writes them; others follow, sorted.
var (
	headerOrder = []string{"lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit",
		"root_id", "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result"}
	propertyOrder = []string{"correlation_id", "reply_to", "expiration", "delivery_mode", "delivery_info", "priority",
		"body_encoding", "delivery_tag"}
)

func ordered(m map[string]any, order []string) pyjson.Object {
	o := make(pyjson.Object, 0, len(m))
	for _, k := range order {
		if v, ok := m[k]; ok {
			o = append(o, pyjson.Member{Key: k, Value: v})
		}
	}
	rest := make([]string, 0)
	for k := range m {
		if !slices.Contains(order, k) {
			rest = append(rest, k)
		}
	}
	slices.Sort(rest)
	for _, k := range rest {
		o = append(o, pyjson.Member{Key: k, Value: m[k]})
	}
	return o
}

// Encode writes e as kombu does, the body in base64.
func (e *Envelope) Encode() ([]byte, error) {
	properties := make(map[string]any, len(e.Properties)+1)
	for k, v := range e.Properties {
		properties[k] = v
	}
	properties["body_encoding"] = "base64"
	if info, ok := properties["delivery_info"].(map[string]any); ok {
		properties["delivery_info"] = ordered(info, []string{"exchange", "routing_key", "redelivered"})
	}
	out, err := pyjson.Encode(pyjson.Object{
		{Key: "body", Value: base64.StdEncoding.EncodeToString(e.Body)},
		{Key: "content-encoding", Value: e.ContentEncoding},
		{Key: "content-type", Value: e.ContentType},
		{Key: "headers", Value: ordered(e.Headers, headerOrder)},
		{Key: "properties", Value: ordered(properties, propertyOrder)},
	})
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return out, nil
}

// Tag is the delivery tag, which the producer chose; "" if there is none.
// Copies of one message share it.
func (e *Envelope) Tag() string {
	tag, _ := e.Properties["delivery_tag"].(string)
	return tag
}

// Info is an item of properties.delivery_info as text, "" if there is none.
func (e *Envelope) Info(key string) string {
	info, _ := e.Properties["delivery_info"].(map[string]any)
	s, _ := info[key].(string)
	return s
}

// Redelivered reports whether the message was handed out before.
func (e *Envelope) Redelivered() bool {
	info, _ := e.Properties["delivery_info"].(map[string]any)
	return info["redelivered"] == true || e.Headers["redelivered"] == true
}

// Priority is the caller's priority as kombu understands it: between 0, the
// most urgent, and 9; numbers beyond are clamped and anything else is 0.
func (e *Envelope) Priority() int { return Clamp(e.Properties["priority"]) }

// Clamp reads a priority as kombu does. See Envelope.Priority.
func Clamp(v any) int {
	n := math.NaN()
	switch v := v.(type) {
	case nil:
		return 0
	case int64:
		n = float64(v)
	case int:
		n = float64(v)
	case float64:
		n = v
	case *big.Int:
		n, _ = new(big.Float).SetInt(v).Float64()
	case string:
		if i, err := strconv.Atoi(v); err == nil {
			n = float64(i)
		}
	}
	switch {
	case math.IsNaN(n) || n < 0:
		return 0
	case n > 9:
		return 9
	}
	return int(n)
}
