package resulttest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// done is when the tasks of checks ended.
var done = time.Date(2026, 11, 22, 18, 40, 50, 488348000, time.UTC)

// succeeded is a task's success.
func succeeded(id string, v any) Document {
	return Document{TaskID: id, Status: Success, Value: value.Plain(v), Done: done}
}

// failed is a task's failure.
func failed(id string, args ...any) Document {
	return Document{TaskID: id, Status: Failed, Error: raised("ValueError", args...), Done: done, Traceback: "Traceback (most recent call last):\nValueError\n"}
}

// raised is an exception of Python's own.
func raised(class string, args ...any) *Failure {
	f := &Failure{Type: class, Module: "builtins", Args: make([]any, len(args))}
	for i, a := range args {
		f.Args[i] = value.Plain(a)
	}
	return f
}

// ready reports whether a state is final.
func ready(status string) bool { return status == Success || status == Failed || status == Revoked }

// differ says where got is not want, or "".
func differ(want, got Document) string {
	switch {
	case want.TaskID != got.TaskID:
		return "the task"
	case want.Status != got.Status:
		return "the state"
	case !value.Same(want.Value, got.Value):
		return fmt.Sprintf("the value is %s, want %s", value.Show(got.Value), value.Show(want.Value))
	case !sameFailure(want.Error, got.Error):
		return fmt.Sprintf("the error is %s, want %s", shownFailure(got.Error), shownFailure(want.Error))
	case want.Traceback != got.Traceback:
		return "the traceback"
	case !want.Done.Equal(got.Done):
		return fmt.Sprintf("the time is %v, want %v", got.Done, want.Done)
	case want.GroupID != got.GroupID:
		return fmt.Sprintf("the group is %q, want %q", got.GroupID, want.GroupID)
	case want.ParentID != got.ParentID:
		return fmt.Sprintf("the parent is %q, want %q", got.ParentID, want.ParentID)
	case !slices.EqualFunc(want.Children, got.Children, sameChild):
		return fmt.Sprintf("the children are %v, want %v", got.Children, want.Children)
	case len(want.Extended)+len(got.Extended) > 0 && !value.Same(want.Extended, got.Extended):
		return fmt.Sprintf("extended is %s, want %s", value.Show(got.Extended), value.Show(want.Extended))
	}
	return ""
}

func sameChild(a, b Child) bool {
	return a.ID == b.ID && (a.Group == nil) == (b.Group == nil) && slices.EqualFunc(a.Group, b.Group, sameChild)
}

func sameFailure(a, b *Failure) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && a.Module == b.Module && a.Text == b.Text && len(a.Args) == len(b.Args) && slices.EqualFunc(a.Args, b.Args, value.Same)
}

// shown is a document as a message shows it: what is set in it.
func shown(d Document) string {
	parts := []string{fmt.Sprintf("%s %s", d.TaskID, d.Status)}
	if d.Error != nil {
		parts = append(parts, shownFailure(d.Error))
	} else {
		parts = append(parts, value.Show(d.Value))
	}
	if len(d.Children) > 0 {
		parts = append(parts, fmt.Sprintf("children %v", d.Children))
	}
	if d.GroupID+d.ParentID != "" {
		parts = append(parts, fmt.Sprintf("group %q parent %q", d.GroupID, d.ParentID))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func shownFailure(f *Failure) string {
	switch {
	case f == nil:
		return "no error"
	case f.Args == nil:
		return f.Module + "." + f.Type + ": " + value.Show(f.Text)
	}
	return f.Module + "." + f.Type + value.Show(f.Args)
}

// String shows a child as its id, and a group with its members.
func (c Child) String() string {
	if c.Group == nil {
		return c.ID
	}
	return fmt.Sprintf("%s%v", c.ID, c.Group)
}
