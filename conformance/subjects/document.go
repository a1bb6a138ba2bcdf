package subjects

import (
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
