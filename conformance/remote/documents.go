package remote

import (
	"fmt"
	"maps"
	"time"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// A described is a dict of the protocol as it was decoded.
type described map[string]any

func (d described) text(name string) string { s, _ := d[name].(string); return s }

func dicts(v any) []described {
	items, _ := v.([]any)
	out := make([]described, len(items))
	for i, item := range items {
		out[i], _ = asDict(item)
	}
	return out
}

func asDict(v any) (described, bool) {
	m, ok := v.(map[string]any)
	return m, ok
}

// sentDocument describes a document. What is no value of the protocol is
// sent as unserializable, for the child to refuse.
func sentDocument(d resulttest.Document) map[string]any {
	out := map[string]any{"task_id": d.TaskID, "status": d.Status, "value": d.Value, "error": sentFailure(d.Error), "traceback": d.Traceback,
		"children": sentChildren(d.Children), "done": nil, "group_id": d.GroupID, "parent_id": d.ParentID, "extended": nil}
	if !sendable(d.Value) {
		out["value"], out["unserializable"] = nil, true
	}
	if !d.Done.IsZero() {
		out["done"] = d.Done.UTC().Format("2006-01-02T15:04:05.000000+00:00")
	}
	if d.Extended != nil {
		out["extended"] = maps.Clone(d.Extended)
	}
	return out
}

func sendable(v any) bool {
	_, err := encode(v)
	return err == nil
}

func sentFailure(f *resulttest.Failure) any {
	switch {
	case f == nil:
		return nil
	case f.Args == nil:
		return map[string]any{"type": f.Type, "module": f.Module, "text": f.Text}
	}
	return map[string]any{"type": f.Type, "module": f.Module, "args": f.Args}
}

func sentChildren(all []resulttest.Child) []any {
	out := make([]any, len(all))
	for i, c := range all {
		out[i] = sentChild(c)
	}
	return out
}

func sentChild(c resulttest.Child) any {
	var group any
	if c.Group != nil {
		group = sentChildren(c.Group)
	}
	return map[string]any{"id": c.ID, "group": group}
}

// seenDocument is the document that the child describes.
func seenDocument(v any) (resulttest.Document, error) {
	m, ok := asDict(v)
	if !ok {
		return resulttest.Document{}, fmt.Errorf("%w: no document: %v", ErrProtocol, v)
	}
	d := resulttest.Document{TaskID: m.text("task_id"), Status: m.text("status"), Value: m["value"], Error: seenFailure(m["error"]),
		Traceback: m.text("traceback"), GroupID: m.text("group_id"), ParentID: m.text("parent_id")}
	for _, c := range dicts(m["children"]) {
		d.Children = append(d.Children, seenChild(c))
	}
	d.Extended, _ = m["extended"].(map[string]any)
	if done := m.text("done"); done != "" {
		var err error
		if d.Done, err = time.Parse(time.RFC3339, done); err != nil {
			return d, fmt.Errorf("%w: the time of an end: %w", ErrProtocol, err)
		}
	}
	return d, nil
}

func seenFailure(v any) *resulttest.Failure {
	m, ok := asDict(v)
	if !ok {
		return nil
	}
	f := &resulttest.Failure{Type: m.text("type"), Module: m.text("module"), Text: m.text("text")}
	f.Args, _ = m["args"].([]any)
	return f
}

func seenChild(m described) resulttest.Child {
	c := resulttest.Child{ID: m.text("id")}
	if m["group"] == nil {
		return c
	}
	c.Group = []resulttest.Child{}
	for _, member := range dicts(m["group"]) {
		c.Group = append(c.Group, seenChild(member))
	}
	return c
}
