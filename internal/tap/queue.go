package tap

// An entry is a command whose reply is awaited.
type entry struct {
	packed
	note
	verdict *Verdict // nil to let it pass
}

// roomy is how many entries a queue keeps for the next pipeline.
const roomy = 256

// A queue is a ring of entries whose memory is used again and again.
type queue struct {
	slots   []entry
	head, n int
}

// push returns the new last entry, with the memory of an earlier one.
func (q *queue) push() *entry {
	if q.n == len(q.slots) {
		more := make([]entry, max(4, 2*q.n))
		for i := range q.n {
			more[i] = q.slots[(q.head+i)%q.n]
		}
		q.slots, q.head = more, 0
	}
	q.n++
	return q.at(q.n - 1)
}

func (q *queue) at(i int) *entry { return &q.slots[(q.head+i)%len(q.slots)] }

// first returns the entry whose reply is next, nil if none is awaited.
func (q *queue) first() *entry {
	if q.n == 0 {
		return nil
	}
	return q.at(0)
}

// pop drops the first entry; what the caller holds of it is valid until the next push.
func (q *queue) pop() {
	q.head = (q.head + 1) % len(q.slots)
	if q.n--; q.n == 0 && len(q.slots) > roomy {
		q.slots, q.head = nil, 0
	}
}
