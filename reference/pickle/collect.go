package pickle

import "fmt"

// collect makes and fills containers.
func (d *decoder) collect(op byte) error {
	switch op {
	case opEmptyList:
		d.push(&listBox{})
	case opEmptyDict:
		d.push(&dictBox{})
	case opEmptyTuple:
		d.push(&tupleBox{})
	case opEmptySet:
		d.push(&setBox{})
	case opTuple1, opTuple2, opTuple3:
		n := int(op-opTuple1) + 1
		if len(d.stack)-d.floor() < n {
			return fmt.Errorf("%w: tuple of %d on %d values", ErrCorrupt, n, len(d.stack)-d.floor())
		}
		from := len(d.stack) - n
		t := &tupleBox{listBox{items: copied(d.stack[from:])}}
		d.stack = append(d.stack[:from], t)
	case opTuple, opList, opDict, opFrozenSet:
		above, err := d.popMark()
		if err != nil {
			return err
		}
		items := listBox{items: copied(above)}
		switch op {
		case opTuple:
			d.push(&tupleBox{items})
		case opList:
			d.push(&items)
		case opFrozenSet:
			d.push(&setBox{listBox: items, frozen: true})
		case opDict:
			if len(above)%2 != 0 {
				return fmt.Errorf("%w: a key without a value", ErrCorrupt)
			}
			d.push(&dictBox{listBox: items})
		}
	case opAppend, opSetItem:
		n := 1
		if op == opSetItem {
			n = 2
		}
		if len(d.stack)-d.floor() < n+1 {
			return fmt.Errorf("%w: the stack is empty", ErrCorrupt)
		}
		from := len(d.stack) - n
		err := d.extend(op, d.stack[from:], d.stack[from-1])
		d.stack = d.stack[:from]
		return err
	case opAppends, opSetItems, opAddItems:
		above, err := d.popMark()
		if err != nil {
			return err
		}
		target, err := d.top()
		if err != nil {
			return err
		}
		return d.extend(op, above, target)
	default:
		return fmt.Errorf("%w: opcode %q is not of plain data in protocols 2 to 5", ErrCorrupt, op)
	}
	return nil
}

// extend puts items into the container target.
func (d *decoder) extend(op byte, items []any, target any) error {
	switch t := target.(type) {
	case *listBox:
		if op == opAppend || op == opAppends {
			t.add(items)
			return nil
		}
	case *setBox:
		if op == opAddItems && !t.frozen {
			t.add(items)
			return nil
		}
	case *dictBox:
		if (op == opSetItem || op == opSetItems) && len(items)%2 == 0 {
			t.add(items)
			return nil
		}
	}
	return fmt.Errorf("%w: opcode %q on %T with %d values", ErrCorrupt, op, target, len(items))
}

func (l *listBox) add(items []any) {
	if l.items == nil && len(items) > 0 {
		l.items = copied(items)
		return
	}
	l.items = append(l.items, items...)
}

func copied(items []any) []any {
	out := make([]any, len(items))
	copy(out, items)
	return out
}
