package pickle

import "github.com/redkit-dev/redkit/reference/plain"

// list appends items to the list on the stack, in batches, a lone one alone.
func (e *encoder) list(items []any) error {
	if len(items) == 1 {
		if err := e.save(items[0]); err != nil {
			return err
		}
		e.op(opAppend)
		return nil
	}
	for len(items) > 0 {
		n := min(batch, len(items))
		e.op(opMark)
		for _, item := range items[:n] {
			if err := e.save(item); err != nil {
				return err
			}
		}
		e.op(opAppends)
		items = items[n:]
	}
	return nil
}

// items sets the n entries of the dictionary on the stack. As CPython does, a
// count that is a multiple of the batch ends with an empty batch.
func (e *encoder) items(n int, entry func(int) error) error {
	if n == 1 {
		if err := entry(0); err != nil {
			return err
		}
		e.op(opSetItem)
		return nil
	}
	return e.exhaust(n, opSetItems, entry)
}

// exhaust writes batches until one is not full.
func (e *encoder) exhaust(n int, op byte, entry func(int) error) error {
	if n == 0 {
		return nil
	}
	for i := 0; ; {
		e.op(opMark)
		end := min(i+batch, n)
		full := end-i == batch
		for ; i < end; i++ {
			if err := entry(i); err != nil {
				return err
			}
		}
		e.op(op)
		if !full {
			return nil
		}
	}
}

func (e *encoder) tuple(v plain.Tuple) error {
	if len(v) == 0 {
		e.op(opEmptyTuple)
		return nil
	}
	if len(v) > 3 {
		e.op(opMark)
	}
	for _, item := range v {
		if err := e.save(item); err != nil {
			return err
		}
	}
	if len(v) > 3 {
		e.op(opTuple)
	} else {
		e.op(opTuple1 + byte(len(v)) - 1)
	}
	e.memoize()
	return nil
}

func (e *encoder) set(v plain.Set) error {
	if e.proto < 4 {
		return e.reduce(global{"builtins", "set"}, func() error { return e.listArgument(v) })
	}
	e.op(opEmptySet)
	e.memoize()
	return e.exhaust(len(v), opAddItems, func(i int) error { return e.save(v[i]) })
}

func (e *encoder) frozenSet(v plain.FrozenSet) error {
	if e.proto < 4 {
		return e.reduce(global{"builtins", "frozenset"}, func() error { return e.listArgument(v) })
	}
	e.op(opMark)
	for _, item := range v {
		if err := e.save(item); err != nil {
			return err
		}
	}
	e.op(opFrozenSet)
	e.memoize()
	return nil
}

// listArgument writes the tuple of one list, the argument of set and frozenset.
func (e *encoder) listArgument(items []any) error {
	e.op(opEmptyList)
	e.memoize()
	if err := e.list(items); err != nil {
		return err
	}
	e.op(opTuple1)
	e.memoize()
	return nil
}
