package celery

import (
	"errors"
	"slices"

	"github.com/redkit-dev/redkit/reference/celery/result"
)

// setID names the task that ends a call, lastID reads it, making one up if need be.
func setID(s *Signature, id string) {
	switch {
	case s.kind == kindChord:
		setID(s.body, id)
	case s.kind == kindChain && len(s.tasks) > 0:
		setID(s.tasks[len(s.tasks)-1], id)
	default:
		s.Options.TaskID = id
	}
}

func (p *plan) lastID(s *Signature) string {
	switch {
	case s.kind == kindChord:
		return p.lastID(s.body)
	case s.kind == kindChain && len(s.tasks) > 0:
		return p.lastID(s.tasks[len(s.tasks)-1])
	}
	if s.Options.TaskID == "" {
		s.Options.TaskID = p.id()
	}
	return s.Options.TaskID
}

// members takes the groups inside a group apart.
func members(tasks []*Signature) []*Signature {
	var out []*Signature
	for _, t := range tasks {
		if t.kind == kindGroup {
			out = append(out, members(t.tasks)...)
			continue
		}
		out = append(out, t)
	}
	return out
}

func (p *plan) group(s *Signature, at place) (result.Child, error) {
	id := at.group
	if at.chord == nil {
		if id = s.Options.TaskID; id == "" {
			id = p.id()
		}
	}
	n := result.Child{ID: id, Group: []result.Child{}}
	for i, t := range members(s.tasks) {
		t = t.clone()
		t.Options.Link = append(t.Options.Link, s.Options.Link...)
		t.Options.LinkError = append(t.Options.LinkError, s.Options.LinkError...)
		member, err := p.add(t, place{group: id, index: int64(i), chord: at.chord})
		if err != nil {
			return n, err
		}
		n.Group = append(n.Group, member)
	}
	return n, nil
}

func (p *plan) chord(s *Signature, at place) (result.Child, error) {
	if s.body == nil {
		return result.Child{}, errors.New("send chord: it has no body")
	}
	body := s.body.clone()
	if at.id != "" {
		setID(body, at.id)
	}
	id := p.lastID(body)
	if len(at.chain) > 0 {
		next := []*Signature{body}
		for _, v := range slices.Backward(at.chain) {
			next = append(next, readSignature(v))
		}
		body = chainOf(flatten(next))
		id = p.lastID(body)
	}
	at.answers(body)
	header := members(s.tasks)
	if len(header) == 0 {
		prepend := p.prepend
		p.prepend = []any{[]any{}}
		_, err := p.add(body, place{})
		p.prepend = prepend
		return result.Child{ID: id}, err
	}
	if p.app.set.Results == nil {
		return result.Child{}, errors.New("send chord: it needs a result backend: set Settings.Results")
	}
	group := p.id()
	if p.sizes == nil {
		p.sizes = map[string]int{}
	}
	p.sizes[group] = len(header)
	_, err := p.group(Group(header...), place{group: group, chord: body.wire()})
	return result.Child{ID: id}, err
}
