package message

import (
	"strings"
	"time"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

var protocolHeaders = map[string]bool{"lang": true, "task": true, "id": true, "shadow": true, "eta": true, "expires": true, "group": true,
	"group_index": true, "retries": true, "timelimit": true, "root_id": true, "parent_id": true, "argsrepr": true, "kwargsrepr": true,
	"origin": true, "ignore_result": true, "stamped_headers": true, "stamps": true, "compression": true, "redelivered": true}

// Task reads the task an envelope carries, in protocol 2 or 1. Its body must
// be JSON: other content types, above all Python's pickle, are refused before
// they are looked at. The error is a *Malformed. If the headers could be read
// but the body could not, the task is returned with the error, so its failure
// can be stored under its ID.
func (e *Envelope) Task() (*Task, error) {
	name, ok := e.Headers["task"].(string)
	if !ok {
		return e.protocol1()
	}
	t := &Task{Name: name, Priority: e.Properties["priority"]}
	if t.ID, _ = e.Headers["id"].(string); t.ID == "" {
		return nil, malformed("headers.id is missing")
	}
	r := reader{m: e.Headers}
	t.Lang, t.Shadow, t.Origin = r.text("lang"), r.text("shadow"), r.text("origin")
	t.Group, t.Root, t.Parent = r.text("group"), r.text("root_id"), r.text("parent_id")
	t.ArgsRepr, t.KwargsRepr = r.text("argsrepr"), r.text("kwargsrepr")
	t.ReplyTo, _ = e.Properties["reply_to"].(string)
	t.IgnoreResult = e.Headers["ignore_result"] == true
	t.Stamps, _ = e.Headers["stamps"].(map[string]any)
	for k, v := range e.Headers {
		if !protocolHeaders[k] {
			if t.Headers == nil {
				t.Headers = map[string]any{}
			}
			t.Headers[k] = v
		}
	}
	r.common(t)
	if r.err != nil {
		return t, r.err
	}
	v, err := e.content()
	if err != nil {
		return t, err
	}
	parts, ok := v.([]any)
	if !ok || len(parts) != 3 {
		return t, malformed("the body is not [args, kwargs, embed]")
	}
	if t.Args, ok = parts[0].([]any); !ok {
		return t, malformed("args is not a list")
	}
	if t.Kwargs, ok = parts[1].(map[string]any); !ok {
		return t, malformed("kwargs is not an object")
	}
	embed, ok := parts[2].(map[string]any)
	if !ok && parts[2] != nil {
		return t, malformed("embed is not an object")
	}
	t.Callbacks, t.Errbacks, t.Chord = signatures(embed["callbacks"]), signatures(embed["errbacks"]), embed["chord"]
	t.Chain, _ = embed["chain"].([]any)
	return t, nil
}

// content is the body as the value its JSON stands for.
func (e *Envelope) content() (any, error) {
	if kind, _, _ := strings.Cut(e.ContentType, ";"); kind != "application/json" {
		return nil, malformed("content type %.80q is not accepted, want application/json", e.ContentType)
	}
	compression, _ := e.Headers["compression"].(string)
	data, err := decompress(e.Body, compression)
	if err != nil {
		return nil, err
	}
	v, err := pyjson.Decode(data)
	if err != nil {
		return nil, &Malformed{Reason: "the body is not JSON", Err: err}
	}
	return Unwrap(v), nil
}

// signatures accepts what Celery does: null, one signature or a list.
func signatures(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		return []any{v}
	}
	return nil
}

func (e *Envelope) protocol1() (*Task, error) {
	v, err := e.content()
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, malformed("headers.task is missing and the body is no task of protocol 1")
	}
	t := &Task{Priority: e.Properties["priority"]}
	if t.Name, ok = m["task"].(string); !ok {
		return nil, malformed("headers.task is missing and the body is no task of protocol 1")
	}
	if t.ID, _ = m["id"].(string); t.ID == "" {
		return nil, malformed("the task has no id")
	}
	r := reader{m: m}
	t.Args, _ = m["args"].([]any)
	t.Kwargs, _ = m["kwargs"].(map[string]any)
	if t.Group = r.text("group"); t.Group == "" {
		t.Group = r.text("taskset")
	}
	t.Root = t.ID
	t.ReplyTo, _ = e.Properties["reply_to"].(string)
	t.Callbacks, t.Errbacks, t.Chord = signatures(m["callbacks"]), signatures(m["errbacks"]), m["chord"]
	r.common(t)
	t.ArgsRepr, t.KwargsRepr = ReprArgs(t.Args), Repr(t.Kwargs)
	return t, r.err
}

type reader struct {
	m   map[string]any
	err error
}

func (r *reader) text(key string) string {
	s, _ := r.m[key].(string)
	return s
}

func (r *reader) time(key string) time.Time {
	v := r.m[key]
	if v == nil {
		return time.Time{}
	}
	text, ok := v.(string)
	if at, err := ParseTime(text); ok && err == nil {
		return at
	}
	if at, ok := Unwrap(v).(time.Time); ok {
		return at
	}
	r.err = malformed("%s is not an ISO 8601 time", key)
	return time.Time{}
}

// common reads what both protocols keep under the same names.
func (r *reader) common(t *Task) {
	t.ETA, t.Expires = r.time("eta"), r.time("expires")
	switch n := r.m["retries"].(type) {
	case int64:
		t.Retries = int(n)
	case nil:
	default:
		r.err = malformed("retries is not an integer")
	}
	if index, ok := r.m["group_index"].(int64); ok {
		t.GroupIndex = index
	}
	if limits, ok := r.m["timelimit"].([]any); ok && len(limits) == 2 {
		t.Hard, t.Soft = duration(limits[0]), duration(limits[1])
	}
}
