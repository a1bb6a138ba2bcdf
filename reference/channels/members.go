package channels

import (
	"context"
	"errors"
	"fmt"
)

// GroupAdd implements Layer. The error wraps ErrForeign unless the channel is
// one that this layer listens to.
func (p *PubSub) GroupAdd(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkGroup(group), checkChannel(channel)); err != nil {
		return err
	}
	name, member := p.group(group), p.name(channel)
	p.mu.Lock()
	switch {
	case p.closed:
		p.mu.Unlock()
		return ErrClosed
	case p.mailboxes[member] == nil:
		p.mu.Unlock()
		return fmt.Errorf("add %s to group %s: %w: want a name of this layer's NewChannel, or one it has received from", channel, group, ErrForeign)
	}
	if p.groups[name] == nil {
		p.groups[name] = map[string]bool{}
	}
	p.groups[name][member] = true
	p.mu.Unlock()
	return p.listen(ctx, name)
}

// GroupDiscard implements Layer.
func (p *PubSub) GroupDiscard(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkGroup(group), checkChannel(channel)); err != nil {
		return err
	}
	p.mu.Lock()
	closed, last := p.closed, p.remove(p.group(group), p.name(channel))
	p.mu.Unlock()
	switch {
	case closed:
		return ErrClosed
	case last:
		return p.forget(ctx, p.group(group))
	default:
		return nil
	}
}

// remove ends a membership and reports whether the group is empty by it. The
// layer is locked.
func (p *PubSub) remove(group, member string) (last bool) {
	members := p.groups[group]
	if !members[member] {
		return false
	}
	delete(members, member)
	if len(members) > 0 {
		return false
	}
	delete(p.groups, group)
	return true
}

// GroupSend implements Layer.
func (p *PubSub) GroupSend(ctx context.Context, group string, msg Message) error {
	if err := checkGroup(group); err != nil {
		return err
	}
	return p.publish(ctx, p.group(group), msg)
}

// CloseChannel ends the subscription to a channel and its memberships, drops
// what it holds, and ends its receivers with ErrClosed. channels_redis does so
// when a receiver is cancelled.
func (p *PubSub) CloseChannel(ctx context.Context, channel string) error {
	member := p.name(channel)
	p.mu.Lock()
	names := []string{member}
	for group := range p.groups {
		if p.remove(group, member) {
			names = append(names, group)
		}
	}
	if box := p.mailboxes[member]; box != nil {
		box.end()
	}
	delete(p.mailboxes, member)
	p.mu.Unlock()
	return p.forgetAll(ctx, names)
}

func (p *PubSub) forgetAll(ctx context.Context, names []string) error {
	var problems []error
	for _, n := range names {
		if err := p.forget(ctx, n); err != nil {
			problems = append(problems, fmt.Errorf("unsubscribe from %s: %w", n, err))
		}
	}
	return errors.Join(problems...)
}

// end tells receivers that nothing comes any more.
func (b *mailbox) end() {
	for _, got := range b.waiting {
		got <- delivery{err: ErrClosed}
	}
	b.waiting = nil
}

// Flush implements Layer: all channels and groups of this layer are closed;
// other layers keep theirs.
func (p *PubSub) Flush(ctx context.Context) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	names := p.reset()
	p.mu.Unlock()
	return p.forgetAll(ctx, names)
}

// reset forgets everything and returns what is subscribed to. The layer is locked.
func (p *PubSub) reset() []string {
	var names []string
	for name, box := range p.mailboxes {
		names = append(names, name)
		box.end()
	}
	for name := range p.groups {
		names = append(names, name)
	}
	clear(p.mailboxes)
	clear(p.groups)
	return names
}

// Close implements Layer.
func (p *PubSub) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.reset()
	close(p.done)
	p.mu.Unlock()
	var problems []error
	for _, e := range p.subscribers {
		if e.sub != nil {
			problems = append(problems, e.sub.Close())
		}
	}
	p.tasks.Wait()
	return errors.Join(problems...)
}
