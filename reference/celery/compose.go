package celery

import (
	"maps"
	"slices"
	"time"
)

// members are the calls of a group, or of the header of a chord, with what is
// set on it. Groups inside are taken apart.
func members(s *Signature) []*Signature {
	var out []*Signature
	for _, t := range s.tasks {
		t = t.clone()
		t.take(s)
		if s.kind == kindGroup {
			t.link(&s.Options)
		}
		if t.kind == kindGroup {
			out = append(out, members(t)...)
			continue
		}
		out = append(out, t)
	}
	return out
}

// parts are the header and the body of a chord with what is set on it. The
// body has its links, errbacks and id; a time to run at is the header's.
func (s *Signature) parts() (header []*Signature, body *Signature) {
	body = s.body.clone()
	set := Signature{Options: s.Options}
	set.Options.Countdown, set.Options.ETA = 0, time.Time{}
	body.take(&set)
	body.link(&s.Options)
	return members(s), body.named(s.Options.TaskID)
}

// steps are those of a chain with what is set on it: its first step has the
// options, its last the links and the id, each the errbacks. Chains inside are
// taken apart, and a group or chord that is followed by something takes that
// as, or into, its body.
func (s *Signature) steps() []*Signature {
	var steps []*Signature
	for _, t := range s.tasks {
		if t.kind == kindChain {
			steps = append(steps, t.steps()...)
			continue
		}
		steps = append(steps, t.clone())
	}
	// From the end on: Celery's workers want bodies that need no more of this.
	for i := len(steps) - 2; i >= 0; i-- {
		switch t := steps[i]; {
		case t.kind == kindGroup:
			steps = append(steps[:i:i], Chord(members(t), chainOf(steps[i+1:])))
		case t.kind == kindChord && t.body != nil:
			header, body := t.parts()
			steps = append(steps[:i:i], Chord(header, chainOf(Chain(append([]*Signature{body}, steps[i+1:]...)...).steps())))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	steps[0].take(s)
	for _, t := range steps {
		t.link(&Options{LinkError: s.Options.LinkError})
	}
	steps[len(steps)-1].named(s.Options.TaskID).link(&Options{Link: s.Options.Link})
	return steps
}

// chainOf is a chain of steps, or the only one.
func chainOf(steps []*Signature) *Signature {
	if len(steps) == 1 {
		return steps[0]
	}
	return Chain(steps...)
}

// last is the place of the task that ends a chain, -1 if it has none.
func (s *Signature) last() int {
	for i, t := range slices.Backward(s.tasks) {
		if t.kind != kindChain || t.last() >= 0 {
			return i
		}
	}
	return -1
}

// end is the task, or group, that ends a call.
func (s *Signature) end() *Signature {
	switch {
	case s.kind == kindChord && s.body != nil:
		return s.body.end()
	case s.kind == kindChain && s.last() >= 0:
		return s.tasks[s.last()].end()
	}
	return s
}

// named gives a call an id, unless it has one.
func (s *Signature) named(id string) *Signature {
	if s.Options.TaskID == "" {
		s.Options.TaskID = id
	}
	return s
}

// link adds links and errbacks.
func (s *Signature) link(o *Options) {
	s.Options.Link = append(s.Options.Link, o.Link...)
	s.Options.LinkError = append(s.Options.LinkError, o.LinkError...)
}

// take puts what is set on a canvas over what is set on a call in it, as the
// options of Celery's apply_async do. Links, errbacks and ids are not among it.
func (s *Signature) take(from *Signature) {
	if !s.Immutable {
		s.Args = append(slices.Clone(from.Args), s.Args...)
		s.Kwargs = over(s.Kwargs, from.Kwargs)
		s.Immutable = from.Immutable
	}
	o, set := &s.Options, &from.Options
	if set.Countdown > 0 || !set.ETA.IsZero() {
		o.Countdown, o.ETA = set.Countdown, set.ETA
	}
	if set.ExpiresIn > 0 || !set.Expires.IsZero() {
		o.ExpiresIn, o.Expires = set.ExpiresIn, set.Expires
	}
	if set.Queue != "" || set.Exchange != "" || set.RoutingKey != "" {
		o.Queue, o.Exchange, o.RoutingKey = set.Queue, set.Exchange, set.RoutingKey
	}
	if set.Priority != nil {
		o.Priority = set.Priority
	}
	if set.Soft > 0 {
		o.Soft = set.Soft
	}
	if set.Hard > 0 {
		o.Hard = set.Hard
	}
	if set.Retries > 0 {
		o.Retries = set.Retries
	}
	o.IgnoreResult = o.IgnoreResult || set.IgnoreResult
	o.Shadow, o.Compression = firstOf(set.Shadow, o.Shadow), firstOf(set.Compression, o.Compression)
	o.Headers, o.Stamps = over(o.Headers, set.Headers), over(o.Stamps, set.Stamps)
}

// over is m with more put over it.
func over(m, more map[string]any) map[string]any {
	if len(more) == 0 {
		return m
	}
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{}
	}
	maps.Copy(m, more)
	return m
}
