package pickle

import (
	"fmt"
	"math/big"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A finisher turns the boxes of the decoder into plain data, once each.
type finisher struct {
	left int // how many more values the result may expand to
	size int // of the value just finished, expanded
}

const (
	growing uint8 = iota
	open          // being finished: meeting it again is a loop
	closed
)

func (f *finisher) finish(v any, depth int) (any, error) {
	switch b := v.(type) {
	case *listBox:
		err := f.children(b, depth)
		return b.items, err
	case *tupleBox:
		err := f.children(&b.listBox, depth)
		return plain.Tuple(b.items), err
	case *setBox:
		if err := f.children(&b.listBox, depth); err != nil {
			return nil, err
		}
		if b.frozen {
			return plain.FrozenSet(b.items), nil
		}
		return plain.Set(b.items), nil
	case *dictBox:
		first := b.state == growing
		if err := f.children(&b.listBox, depth); err != nil {
			return nil, err
		}
		if first {
			b.done = dictionary(b.items)
		}
		return b.done, nil
	case *uuidBox:
		f.size = 1
		if b.value == nil {
			return nil, fmt.Errorf("%w: UUID without a state", ErrCorrupt)
		}
		return *b.value, nil
	case global:
		return nil, fmt.Errorf("%w: the class %s.%s itself", ErrUnsafe, b.module, b.name)
	case *zone:
		return nil, fmt.Errorf("%w: a time zone by itself", ErrUnsafe)
	case []byte:
		f.size = 1 + len(b)/16
	case *big.Int:
		f.size = 1 + b.BitLen()/128
	default:
		f.size = 1
	}
	return v, nil
}

// children finishes the items of a container in place and counts them.
func (f *finisher) children(b *listBox, depth int) error {
	switch {
	case b.state == open:
		return fmt.Errorf("%w: a container holds itself", ErrCorrupt)
	case depth >= plain.MaxDepth:
		return fmt.Errorf("%w: nested deeper than %d", ErrTooLarge, plain.MaxDepth)
	case b.state == closed:
		f.size = b.size
		return nil
	}
	b.state = open
	if b.items == nil {
		b.items = []any{}
	}
	size := 1
	for i, item := range b.items {
		v, err := f.finish(item, depth+1)
		if err != nil {
			return err
		}
		b.items[i] = v
		if size += f.size; size > f.left {
			return fmt.Errorf("%w: it expands to more than %d values", ErrTooLarge, f.left)
		}
	}
	b.state, b.size, f.size = closed, size, size
	return nil
}

// dictionary makes a map if all keys are text, else a Dict.
func dictionary(pairs []any) any {
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := pairs[i].(string); !ok {
			d := make(plain.Dict, 0, len(pairs)/2)
			for i := 0; i < len(pairs); i += 2 {
				d = append(d, plain.Item{Key: pairs[i], Value: pairs[i+1]})
			}
			return d
		}
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
