package mutant

import (
	"errors"
	"fmt"
)

// priority changes what a message is filed under, and hides that from its
// consumer.
func priority(change func(any) any) Break {
	return func() bug {
		original := map[string]any{}
		return bug{
			message: func(m *Message) {
				original[string(m.Body)] = m.Priority
				m.Priority = change(m.Priority)
			},
			delivery: func(d *Delivery) {
				if p, ok := original[string(d.Body)]; ok {
					d.Priority = p
				}
			},
		}
	}
}

func priorities() []Mutant {
	number := func(change func(int) int) func(any) any {
		return func(p any) any {
			switch n := p.(type) {
			case int:
				return change(n)
			case int64:
				return change(int(n))
			}
			return p
		}
	}
	return []Mutant{
		{Name: "nine-is-the-most-urgent", Break: priority(number(func(n int) int { return 9 - n }))},
		{Name: "priorities-are-ignored", Break: priority(func(any) any { return 0 })},
		{Name: "priorities-are-rounded-to-the-next-step", Break: priority(number(func(n int) int { return (n + 1) / 3 * 3 }))},
		{Name: "each-step-is-a-stack", Break: stacks},
		{Name: "priorities-beyond-the-range-wrap", Break: priority(number(func(n int) int { return (n%10 + 10) % 10 }))},
		{Name: "priorities-above-nine-are-urgent", Break: priority(number(func(n int) int {
			if n > 9 {
				return 0
			}
			return n
		}))},
		{Name: "a-priority-that-is-no-number-is-the-lowest", Break: priority(func(p any) any {
			switch p.(type) {
			case int, int64:
				return p
			}
			if p == "7" {
				return p
			}
			return 9
		})},
		{Name: "a-priority-in-a-text-is-no-number", Break: priority(func(p any) any {
			if _, ok := p.(string); ok {
				return nil
			}
			return p
		})},
		{Name: "messages-carry-the-clamped-priority", Break: is(bug{delivery: func(d *Delivery) {
			if n, ok := d.Priority.(int64); ok {
				d.Priority = min(max(n, 0), 9)
			}
		}})},
		{Name: "messages-carry-the-step", Break: is(bug{delivery: func(d *Delivery) {
			if n, ok := d.Priority.(int64); ok && n < 10 {
				d.Priority = n / 3 * 3
			}
		}})},
		{Name: "each-queue-is-emptied-before-the-next-is-looked-at", Break: is(bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			for _, q := range t.queues {
				if n, err := t.b.Depth(ctx, q); err != nil || n == 0 {
					continue
				}
				c, err := t.b.Consume(ctx, t.owner, q)
				if err != nil {
					return nil, err
				}
				return c.Claim(ctx, max)
			}
			return nil, nil
		}})},
		{Name: "requeued-messages-become-urgent", Break: is(bug{reject: func(t taken, ctx ctx, requeue bool, ds []Delivery) error {
			if !requeue {
				return t.Reject(ctx, requeue, ds...)
			}
			return promote(t, ctx, ds)
		}})},
		{Name: "restored-messages-become-urgent", Break: restoresUrgent},
	}
}

// promote settles deliveries and publishes them anew, flagged, at priority 0.
func promote(t taken, ctx ctx, ds []Delivery) error {
	if err := t.Ack(ctx, ds...); err != nil {
		return err
	}
	for _, d := range ds {
		if err := t.b.Publish(ctx, again(d)); err != nil {
			return err
		}
	}
	return nil
}

// again is the redelivery of d at priority 0, as somebody might write it.
func again(d Delivery) Message {
	headers := map[string]any{"redelivered": true}
	for k, v := range d.Headers {
		headers[k] = v
	}
	return Message{RoutingKey: d.Queue, Body: d.Body, ContentType: d.ContentType, ContentEncoding: d.ContentEncoding, Headers: headers, Properties: d.Properties}
}

// stacks hands the newest of each priority out first.
func stacks() bug {
	return bug{claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
		if max > 50 {
			return t.Claim(ctx, max)
		}
		var ds []Delivery
		for range max {
			all, err := t.Claim(ctx, 100)
			if err != nil || len(all) == 0 {
				return ds, err
			}
			last := 0
			for last+1 < len(all) && fmt.Sprint(all[last+1].Priority) == fmt.Sprint(all[0].Priority) {
				last++
			}
			ds = append(ds, all[last])
			if err := giveBack(t, ctx, append(all[:last:last], all[last+1:]...)); err != nil {
				return ds, err
			}
			for i := range ds {
				ds[i].Redelivered = false
			}
		}
		return ds, nil
	}}
}

// restoresUrgent restores, and then files what came back at priority 0.
func restoresUrgent() bug {
	queues := map[string]bool{}
	return bug{
		claim: func(t taken, ctx ctx, max int) ([]Delivery, error) {
			for _, q := range t.queues {
				queues[q] = true
			}
			return t.Claim(ctx, max)
		},
		restore: func(b Full, ctx ctx) error {
			if err := b.Restore(ctx); err != nil {
				return err
			}
			for q := range queues {
				c, err := b.Consume(ctx, "ghost", q)
				if err != nil {
					return err
				}
				ds, err := c.Claim(ctx, 100)
				if err != nil {
					return err
				}
				if err := errors.Join(promote(taken{c, b, "ghost", []string{q}}, ctx, ds)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
