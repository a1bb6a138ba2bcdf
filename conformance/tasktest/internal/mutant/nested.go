package mutant

import "github.com/redkit-dev/redkit/conformance/tasktest"

// within is a bug in a call inside another: change returns what becomes of the
// body of a chord, or of what follows a group in a chain.
func within(name string, change func(Call) Call) Mutant {
	return sent(name, func(c *Call) {
		switch c.Kind {
		case tasktest.Chord:
			body := change(*c.Body)
			c.Body = &body
		case tasktest.Chain:
			for i := range c.Tasks {
				if i > 0 && c.Tasks[i-1].Kind == tasktest.Group {
					c.Tasks[i] = change(c.Tasks[i])
				}
			}
		}
	})
}

func nested() []Mutant {
	return []Mutant{
		within("of-a-group-that-is-a-body-one-task-is-sent", func(c Call) Call {
			if c.Kind == tasktest.Group {
				c.Tasks = c.Tasks[:1]
			}
			return c
		}),
		within("of-a-chord-that-is-a-body-one-part-is-sent", func(c Call) Call {
			if c.Kind == tasktest.Chord {
				c.Tasks = c.Tasks[:1]
			}
			return c
		}),
	}
}
