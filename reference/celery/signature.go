package celery

import (
	"maps"
	"slices"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Signature is a call that has not been made: of one task, or of several as
// Chain, Group and Chord join them. It travels inside messages in the form of
// Celery's, and either side may make the call. Its methods return a copy.
type Signature struct {
	Task      string
	Args      []any
	Kwargs    map[string]any
	Options   Options
	Immutable bool // the result of the task before it is not prepended to Args

	kind  kind
	tasks []*Signature // of a chain or group; the header of a chord
	body  *Signature   // of a chord
}

// kind is a signature's subtask_type.
type kind string

const (
	kindTask  kind = ""
	kindChain kind = "chain"
	kindGroup kind = "group"
	kindChord kind = "chord"
)

// Sig is a call of one task.
func Sig(task string, args ...any) *Signature { return &Signature{Task: task, Args: args} }

// SI is an immutable call of one task: it ignores the result before it.
func SI(task string, args ...any) *Signature {
	return &Signature{Task: task, Args: args, Immutable: true}
}

// Chain runs calls one after the other, each with the result of the one
// before as its first argument. A group in it makes a chord with what follows.
func Chain(tasks ...*Signature) *Signature {
	return &Signature{Task: "celery.chain", kind: kindChain, tasks: slices.Clone(tasks)}
}

// Group runs calls side by side.
func Group(tasks ...*Signature) *Signature {
	return &Signature{Task: "celery.group", kind: kindGroup, tasks: slices.Clone(tasks)}
}

// Chord runs the calls of a header side by side, and then body, once, with
// the list of their results in the order of the header.
func Chord(header []*Signature, body *Signature) *Signature {
	return &Signature{Task: "celery.chord", kind: kindChord, tasks: slices.Clone(header), body: body}
}

// Set returns the call with options added.
func (s *Signature) Set(options ...Option) *Signature {
	if len(options) == 0 {
		return s
	}
	c := s.clone()
	for _, set := range options {
		set(&c.Options)
	}
	if c.Options.Args != nil {
		c.Args, c.Options.Args = c.Options.Args, nil
	}
	if len(c.Options.Kwargs) > 0 {
		if c.Kwargs == nil {
			c.Kwargs = map[string]any{}
		}
		maps.Copy(c.Kwargs, c.Options.Kwargs)
		c.Options.Kwargs = nil
	}
	if len(c.Options.Stamps) > 0 {
		return c.stamp(c.Options.Stamps)
	}
	return c
}

// stamp returns the call with stamps on all that it sends.
func (s *Signature) stamp(stamps map[string]any) *Signature {
	c := s.clone()
	c.Options.Stamps = joined(c.Options.Stamps, stamps)
	all := func(calls []*Signature) []*Signature {
		out := slices.Clone(calls)
		for i, call := range out {
			out[i] = call.stamp(stamps)
		}
		return out
	}
	c.tasks, c.Options.Link, c.Options.LinkError = all(c.tasks), all(c.Options.Link), all(c.Options.LinkError)
	if c.body != nil {
		c.body = c.body.stamp(stamps)
	}
	return c
}

func (s *Signature) clone() *Signature {
	c := *s
	c.Args, c.Kwargs = slices.Clone(s.Args), maps.Clone(s.Kwargs)
	c.Options.Headers, c.Options.Stamps = maps.Clone(s.Options.Headers), maps.Clone(s.Options.Stamps)
	c.Options.Kwargs = maps.Clone(s.Options.Kwargs)
	c.Options.Link, c.Options.LinkError = slices.Clone(s.Options.Link), slices.Clone(s.Options.LinkError)
	c.tasks = make([]*Signature, len(s.tasks))
	for i, t := range s.tasks {
		c.tasks[i] = t.clone()
	}
	if s.body != nil {
		c.body = s.body.clone()
	}
	return &c
}

func wires(list []*Signature) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s.wire()
	}
	return out
}

// wire is the signature as Celery's dict.
func (s *Signature) wire() pyjson.Object {
	args, kwargs := s.Args, map[string]any{}
	if args == nil {
		args = []any{}
	}
	maps.Copy(kwargs, s.Kwargs)
	var subtask any
	switch s.kind {
	case kindChain, kindGroup:
		kwargs["tasks"], subtask = wires(s.tasks), string(s.kind)
	case kindChord:
		kwargs["header"], kwargs["body"], kwargs["kwargs"], subtask = Group(s.tasks...).wire(), s.body.wire(), map[string]any{}, string(s.kind)
	}
	return pyjson.Object{{Key: "task", Value: s.Task}, {Key: "args", Value: args}, {Key: "kwargs", Value: kwargs},
		{Key: "options", Value: s.Options.wire()}, {Key: "subtask_type", Value: subtask}, {Key: "immutable", Value: s.Immutable}}
}

func readSignatures(v any) []*Signature {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []*Signature
	for _, item := range list {
		if s := readSignature(item); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// readSignature reads Celery's dict, nil if it is none.
func readSignature(v any) *Signature {
	if o, ok := v.(pyjson.Object); ok { // not yet been through JSON
		m := map[string]any{}
		for _, member := range o {
			m[member.Key] = member.Value
		}
		v = m
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	s := &Signature{Immutable: m["immutable"] == true}
	if s.Task, ok = m["task"].(string); !ok {
		return nil
	}
	s.Args, _ = m["args"].([]any)
	s.Kwargs, _ = m["kwargs"].(map[string]any)
	s.Kwargs = maps.Clone(s.Kwargs)
	options, _ := m["options"].(map[string]any)
	s.Options = *readOptions(options)
	subtask, _ := m["subtask_type"].(string)
	switch s.kind = kind(subtask); s.kind {
	case kindChain, kindGroup:
		s.tasks = readSignatures(s.Kwargs["tasks"])
		delete(s.Kwargs, "tasks")
	case kindChord:
		if header := readSignature(s.Kwargs["header"]); header != nil && header.kind == kindGroup {
			s.tasks = header.tasks
		} else {
			s.tasks = readSignatures(s.Kwargs["header"])
		}
		s.body = readSignature(s.Kwargs["body"])
		for _, k := range []string{"header", "body", "kwargs"} {
			delete(s.Kwargs, k)
		}
	default:
		s.kind = kindTask
	}
	return s
}
