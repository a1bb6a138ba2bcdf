package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// Task messages are written by hand, member by member: this is what a producer
// spends its time on. What appends to them returns the longer slice, as append
// does, and notes the first error in a failure.
type failure struct{ err error }

func (f *failure) text(b []byte, s string) []byte {
	b, err := pyjson.AppendString(b, s)
	if err != nil && f.err == nil {
		f.err = err
	}
	return b
}

func (f *failure) value(b []byte, typed Typed, v any) []byte {
	b, err := pyjson.Append(b, typed.Wrap(v))
	if err != nil && f.err == nil {
		f.err = err
	}
	return b
}

func (f *failure) list(b []byte, typed Typed, l []any) []byte {
	if l == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, v := range l {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = f.value(b, typed, v)
	}
	return append(b, ']')
}

// orNull writes s, or null if it is empty.
func (f *failure) orNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return f.text(b, s)
}

func (f *failure) time(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return f.text(b, ISO(t))
}

func seconds(b []byte, d time.Duration) []byte {
	switch {
	case d <= 0:
		return append(b, "null"...)
	case d%time.Second == 0:
		return strconv.AppendInt(b, int64(d/time.Second), 10)
	}
	return pyjson.AppendFloat(b, d.Seconds())
}

// body appends [args, kwargs, embed].
func (t *Task) body(b []byte, f *failure) []byte {
	b = append(b, '[')
	if len(t.Args) == 0 {
		b = append(b, "[]"...)
	} else {
		b = f.list(b, t.Typed, t.Args)
	}
	b = append(b, ", "...)
	if len(t.Kwargs) == 0 {
		b = append(b, "{}"...)
	} else {
		b = f.value(b, t.Typed, t.Kwargs)
	}
	if t.Callbacks == nil && t.Errbacks == nil && t.Chain == nil && t.Chord == nil {
		return append(b, `, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`...)
	}
	b = append(b, `, {"callbacks": `...)
	b = f.list(b, t.Typed, t.Callbacks)
	b = append(b, `, "errbacks": `...)
	b = f.list(b, t.Typed, t.Errbacks)
	b = append(b, `, "chain": `...)
	b = f.list(b, t.Typed, t.Chain)
	b = append(b, `, "chord": `...)
	b = f.value(b, t.Typed, t.Chord)
	return append(b, "}]"...)
}

// headers appends those that Celery writes, in its order, and then others.
func (t *Task) headers(b []byte, f *failure, compression string) []byte {
	root, lang := t.Root, t.Lang
	if lang == "" {
		lang = "go"
	}
	b = append(b, `{"lang": `...)
	b = f.text(b, lang)
	b = append(b, `, "task": `...)
	b = f.text(b, t.Name)
	b = append(b, `, "id": `...)
	from := len(b)
	b = f.text(b, t.ID)
	id := b[from:]
	b = append(b, `, "shadow": `...)
	b = f.orNull(b, t.Shadow)
	b = append(b, `, "eta": `...)
	b = f.time(b, t.ETA)
	b = append(b, `, "expires": `...)
	b = f.time(b, t.Expires)
	b = append(b, `, "group": `...)
	b = f.orNull(b, t.Group)
	b = append(b, `, "group_index": `...)
	b = f.value(b, t.Typed, t.GroupIndex)
	b = append(b, `, "retries": `...)
	b = strconv.AppendInt(b, int64(t.Retries), 10)
	b = append(b, `, "timelimit": [`...)
	b = seconds(b, t.Hard)
	b = append(b, ", "...)
	b = seconds(b, t.Soft)
	b = append(b, `], "root_id": `...)
	if root == "" || root == t.ID {
		b = append(b, id...)
	} else {
		b = f.text(b, root)
	}
	b = append(b, `, "parent_id": `...)
	b = f.orNull(b, t.Parent)
	b = append(b, `, "argsrepr": `...)
	b = f.text(b, t.argsRepr())
	b = append(b, `, "kwargsrepr": `...)
	b = f.text(b, t.kwargsRepr())
	b = append(b, `, "origin": `...)
	b = f.text(b, t.Origin)
	b = append(b, `, "ignore_result": `...)
	b = strconv.AppendBool(b, t.IgnoreResult)
	if t.Stamps != nil {
		names := []any{}
		for _, m := range ordered(t.Stamps, nil) {
			names = append(names, m.Key)
		}
		b = append(b, `, "stamped_headers": `...)
		b = f.value(b, t.Typed, names)
		b = append(b, `, "stamps": `...)
		b = f.value(b, t.Typed, t.Stamps)
	}
	if len(t.Headers) > 0 {
		for _, m := range ordered(t.Headers, nil) {
			b = append(b, ", "...)
			b = f.text(b, m.Key)
			b = append(b, ": "...)
			b = f.value(b, t.Typed, m.Value)
		}
	}
	if compression != "" {
		b = append(b, `, "compression": `...)
		b = f.text(b, compression)
	}
	return append(b, '}')
}

func (t *Task) argsRepr() string {
	if t.ArgsRepr != "" {
		return t.ArgsRepr
	}
	return ReprArgs(t.Args)
}

func (t *Task) kwargsRepr() string {
	switch {
	case t.KwargsRepr != "":
		return t.KwargsRepr
	case len(t.Kwargs) == 0:
		return "{}"
	}
	return Repr(t.Kwargs)
}

// ErrEncode reports arguments that JSON cannot carry.
var ErrEncode = errors.New("cannot be written as JSON")

// Encode writes the message for the given exchange and routing key as Celery
// with the JSON serializer does. The tag must be unique to this publication.
func (t *Task) Encode(exchange, routingKey, tag string) ([]byte, error) {
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	out, err := t.AppendEncode((*scratch)[:0], exchange, routingKey, tag)
	*scratch = keep(out)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(out), nil
}

// AppendEncode appends what Encode returns to dst. After an error dst may end
// in a part of it.
func (t *Task) AppendEncode(dst []byte, exchange, routingKey, tag string) ([]byte, error) {
	kind, err := Compression(t.Compression)
	if err != nil {
		return dst, err
	}
	f := failure{}
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	body := t.body((*scratch)[:0], &f)
	*scratch = keep(body)
	if f.err != nil {
		return dst, fmt.Errorf("encode arguments of task %s: %w: %w", t.Name, ErrEncode, f.err)
	}
	if kind != "" {
		if body, err = compress(body, kind); err != nil {
			return dst, err
		}
	}
	b := append(dst, `{"body": "`...)
	b = base64.StdEncoding.AppendEncode(b, body)
	b = append(b, `", "content-encoding": "utf-8", "content-type": "application/json", "headers": `...)
	b = t.headers(b, &f, kind)
	b = append(b, `, "properties": {"correlation_id": `...)
	b = f.text(b, t.ID)
	b = append(b, `, "reply_to": `...)
	b = f.text(b, t.ReplyTo)
	if t.Expiration > 0 {
		b = append(b, `, "expiration": "`...)
		b = strconv.AppendInt(b, t.Expiration.Milliseconds(), 10)
		b = append(b, '"')
	}
	b = append(b, `, "delivery_mode": 2, "delivery_info": {"exchange": `...)
	b = f.text(b, exchange)
	b = append(b, `, "routing_key": `...)
	b = f.text(b, routingKey)
	b = append(b, `}, "priority": `...)
	if t.Priority == nil {
		b = append(b, '0')
	} else {
		b = f.value(b, t.Typed, t.Priority)
	}
	b = append(b, `, "body_encoding": "base64", "delivery_tag": `...)
	b = f.text(b, tag)
	b = append(b, "}}"...)
	if f.err != nil {
		return b, fmt.Errorf("encode message of task %s: %w", t.Name, f.err)
	}
	return b, nil
}

// scratches hold a body or a message while it is written: grown once, they
// serve for all that follow.
var scratches = sync.Pool{New: func() any { b := make([]byte, 0, 2048); return &b }}

// keep is buf for the next message, or nothing if a large one would pin its memory.
func keep(buf []byte) []byte {
	if cap(buf) > 1<<16 {
		return nil
	}
	return buf
}
