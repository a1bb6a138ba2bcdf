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

// A writer appends JSON and keeps the first error. Task messages are written
// by hand, member by member: this is what a producer spends its time on.
type writer struct {
	buf   []byte
	typed Typed
	err   error
}

func (w *writer) raw(text string) { w.buf = append(w.buf, text...) }

func (w *writer) text(s string) {
	var err error
	if w.buf, err = pyjson.AppendString(w.buf, s); err != nil && w.err == nil {
		w.err = err
	}
}

func (w *writer) value(v any) {
	var err error
	if w.buf, err = pyjson.Append(w.buf, w.typed.Wrap(v)); err != nil && w.err == nil {
		w.err = err
	}
}

// orNull writes s, or null if it is empty.
func (w *writer) orNull(s string) {
	if s == "" {
		w.raw("null")
		return
	}
	w.text(s)
}

func (w *writer) time(t time.Time) {
	if t.IsZero() {
		w.raw("null")
		return
	}
	w.text(ISO(t))
}

func (w *writer) seconds(d time.Duration) {
	switch {
	case d <= 0:
		w.raw("null")
	case d%time.Second == 0:
		w.buf = strconv.AppendInt(w.buf, int64(d/time.Second), 10)
	default:
		w.buf = pyjson.AppendFloat(w.buf, d.Seconds())
	}
}

func (w *writer) list(l []any) {
	if l == nil {
		w.raw("null")
		return
	}
	w.value(l)
}

// body writes [args, kwargs, embed].
func (t *Task) body(w *writer) {
	if len(t.Args) == 0 {
		w.raw("[[], ")
	} else {
		w.raw("[")
		w.value(t.Args)
		w.raw(", ")
	}
	if len(t.Kwargs) == 0 {
		w.raw("{}")
	} else {
		w.value(t.Kwargs)
	}
	w.raw(`, {"callbacks": `)
	w.list(t.Callbacks)
	w.raw(`, "errbacks": `)
	w.list(t.Errbacks)
	w.raw(`, "chain": `)
	w.list(t.Chain)
	w.raw(`, "chord": `)
	w.value(t.Chord)
	w.raw("}]")
}

// headers writes those that Celery writes, in its order, and then others.
func (t *Task) headers(w *writer, compression string) {
	argsrepr, kwargsrepr := t.ArgsRepr, t.KwargsRepr
	if argsrepr == "" {
		argsrepr = ReprArgs(t.Args)
	}
	if kwargsrepr == "" {
		kwargsrepr = "{}"
		if len(t.Kwargs) > 0 {
			kwargsrepr = Repr(t.Kwargs)
		}
	}
	root, lang := t.Root, t.Lang
	if root == "" {
		root = t.ID
	}
	if lang == "" {
		lang = "go"
	}
	w.raw(`{"lang": `)
	w.text(lang)
	w.raw(`, "task": `)
	w.text(t.Name)
	w.raw(`, "id": `)
	w.text(t.ID)
	w.raw(`, "shadow": `)
	w.orNull(t.Shadow)
	w.raw(`, "eta": `)
	w.time(t.ETA)
	w.raw(`, "expires": `)
	w.time(t.Expires)
	w.raw(`, "group": `)
	w.orNull(t.Group)
	w.raw(`, "group_index": `)
	w.value(t.GroupIndex)
	w.raw(`, "retries": `)
	w.buf = strconv.AppendInt(w.buf, int64(t.Retries), 10)
	w.raw(`, "timelimit": [`)
	w.seconds(t.Hard)
	w.raw(", ")
	w.seconds(t.Soft)
	w.raw(`], "root_id": `)
	w.text(root)
	w.raw(`, "parent_id": `)
	w.orNull(t.Parent)
	w.raw(`, "argsrepr": `)
	w.text(argsrepr)
	w.raw(`, "kwargsrepr": `)
	w.text(kwargsrepr)
	w.raw(`, "origin": `)
	w.text(t.Origin)
	w.raw(`, "ignore_result": `)
	w.buf = strconv.AppendBool(w.buf, t.IgnoreResult)
	if t.Stamps != nil {
		names := []any{}
		for _, m := range ordered(t.Stamps, nil) {
			names = append(names, m.Key)
		}
		w.raw(`, "stamped_headers": `)
		w.value(names)
		w.raw(`, "stamps": `)
		w.value(t.Stamps)
	}
	if len(t.Headers) > 0 {
		for _, m := range ordered(t.Headers, nil) {
			w.raw(", ")
			w.text(m.Key)
			w.raw(": ")
			w.value(m.Value)
		}
	}
	if compression != "" {
		w.raw(`, "compression": `)
		w.text(compression)
	}
	w.raw("}")
}

// ErrEncode reports arguments that JSON cannot carry.
var ErrEncode = errors.New("cannot be written as JSON")

// Encode writes the message for the given exchange and routing key as Celery
// with the JSON serializer does. The tag must be unique to this publication.
func (t *Task) Encode(exchange, routingKey, tag string) ([]byte, error) {
	kind, err := Compression(t.Compression)
	if err != nil {
		return nil, err
	}
	scratch := scratches.Get().(*[2][]byte)
	defer scratches.Put(scratch)
	b := writer{typed: t.Typed, buf: scratch[0][:0]}
	if t.body(&b); b.err != nil {
		return nil, fmt.Errorf("encode arguments of task %s: %w: %w", t.Name, ErrEncode, b.err)
	}
	body := b.buf
	scratch[0] = keep(b.buf)
	if kind != "" {
		if body, err = compress(body, kind); err != nil {
			return nil, err
		}
	}
	w := writer{typed: t.Typed, buf: scratch[1][:0]}
	w.raw(`{"body": "`)
	w.buf = base64.StdEncoding.AppendEncode(w.buf, body)
	w.raw(`", "content-encoding": "utf-8", "content-type": "application/json", "headers": `)
	t.headers(&w, kind)
	w.raw(`, "properties": {"correlation_id": `)
	w.text(t.ID)
	w.raw(`, "reply_to": `)
	w.text(t.ReplyTo)
	if t.Expiration > 0 {
		w.raw(`, "expiration": "`)
		w.buf = strconv.AppendInt(w.buf, t.Expiration.Milliseconds(), 10)
		w.raw(`"`)
	}
	w.raw(`, "delivery_mode": 2, "delivery_info": {"exchange": `)
	w.text(exchange)
	w.raw(`, "routing_key": `)
	w.text(routingKey)
	w.raw(`}, "priority": `)
	if t.Priority == nil {
		w.raw("0")
	} else {
		w.value(t.Priority)
	}
	w.raw(`, "body_encoding": "base64", "delivery_tag": `)
	w.text(tag)
	w.raw("}}")
	scratch[1] = keep(w.buf)
	if w.err != nil {
		return nil, fmt.Errorf("encode message of task %s: %w", t.Name, w.err)
	}
	return bytes.Clone(w.buf), nil
}

// scratches hold the body and the message while they are written: grown once,
// they serve for all that follow.
var scratches = sync.Pool{New: func() any { return &[2][]byte{make([]byte, 0, 512), make([]byte, 0, 2048)} }}

// keep is buf for the next message, or nothing if a large one would pin its memory.
func keep(buf []byte) []byte {
	if cap(buf) > 1<<16 {
		return nil
	}
	return buf
}
