package celery

import (
	"errors"
	"slices"

	"github.com/redkit-dev/redkit/reference/celery/result"
)

// freeze gives ids to the tasks that end a call, and tells them, before the
// call is written down: who sends it knows what to wait for. It is Celery's.
func (p *plan) freeze(s *Signature) result.Child {
	id := s.Options.TaskID
	switch {
	case s.kind == kindChord && s.body != nil:
		return p.freeze(s.body.named(id))
	case s.kind == kindChain && s.last() >= 0:
		return p.freeze(s.tasks[s.last()].named(id))
	}
	if id == "" {
		id = p.id()
		s.Options.TaskID = id
	}
	n := result.Child{ID: id}
	if s.kind != kindGroup {
		return n
	}
	n.Group = []result.Child{}
	for _, t := range s.tasks {
		member := p.freeze(t)
		if t.kind == kindGroup { // they will be sent as one
			n.Group = append(n.Group, member.Group...)
			continue
		}
		n.Group = append(n.Group, member)
	}
	return n
}

func (p *plan) group(s *Signature, at place) (result.Child, error) {
	if at.group = s.Options.TaskID; at.group == "" {
		at.group = p.id()
	}
	return p.members(members(s), at)
}

// members plans the calls of a group, or of a header.
func (p *plan) members(calls []*Signature, at place) (result.Child, error) {
	n := result.Child{ID: at.group, Group: []result.Child{}}
	for i, t := range calls {
		at.index = int64(i)
		member, err := p.add(t, at)
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
	header, body := s.parts()
	if len(at.chain) > 0 {
		body = chainOf(Chain(append([]*Signature{body}, at.next()...)...).steps())
	}
	body = at.answering(body)
	end := p.freeze(body)
	if len(header) == 0 {
		prepend := p.prepend
		p.prepend = []any{[]any{}}
		_, err := p.add(body, place{})
		p.prepend = prepend
		return end, err
	}
	if p.app.set.Results == nil {
		return result.Child{}, errors.New("send chord: it needs a result backend: set Settings.Results")
	}
	group := p.id()
	if p.sizes == nil {
		p.sizes = map[string]int{}
	}
	p.sizes[group] = len(header)
	_, err := p.members(header, place{group: group, chord: body.wire()})
	return end, err
}

func (p *plan) chain(s *Signature, at place) (result.Child, error) {
	steps := s.steps()
	if len(steps) == 0 {
		return result.Child{}, errors.New("send chain: it has no tasks")
	}
	for _, step := range steps {
		if step.kind == kindTask && step.Options.TaskID == "" {
			step.Options.TaskID = p.id()
		}
	}
	last := &steps[len(steps)-1]
	if at.chord != nil && (*last).kind == kindGroup {
		*last = gathered(*last)
	}
	if len(steps) == 1 {
		return p.add(steps[0], at)
	}
	*last = at.answering(*last)
	end := p.freeze(*last)
	rest := slices.Clone(at.chain)
	for _, step := range slices.Backward(steps[1:]) {
		rest = append(rest, step.wire())
	}
	_, err := p.add(steps[0], place{chain: rest})
	return end, err
}

// answering makes the task that ends a call answer to the chord around it, if
// there is one.
func (at place) answering(s *Signature) *Signature {
	switch {
	case at.chord == nil:
	case s.kind == kindChord && s.body != nil:
		s.body = at.answering(s.body)
	case s.kind == kindChain && s.last() >= 0:
		s.tasks[s.last()] = at.answering(s.tasks[s.last()])
	case s.kind == kindGroup:
		return at.answering(gathered(s))
	default:
		s.Options.extra = over(s.Options.extra, map[string]any{"chord": at.chord, "group_id": at.group, "group_index": at.index})
	}
	return s
}

// gathered is a group as a chord with the list of its results: in a header it
// counts once. What makes the list runs where the first of its tasks does.
func gathered(s *Signature) *Signature {
	header := members(s)
	list := Sig(accumulate).Set(Kwargs(map[string]any{"index": 0}))
	if len(header) > 0 {
		from := &header[0].end().Options
		list.Options.Queue, list.Options.Exchange, list.Options.RoutingKey = from.Queue, from.Exchange, from.RoutingKey
	}
	return Chord(header, list)
}
