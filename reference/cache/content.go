package cache

import (
	"fmt"
	"unsafe"

	"github.com/redkit-dev/redkit/reference/plain"
)

// A content is a stored snapshot: canonical plain data, a collection, or one
// of the types below. What it points to never changes, collections apart,
// which change under their lock.
type content struct {
	value any
	size  int // of bytesAt and serializedAt
}

type (
	bytesAt      *byte  // the first of a []byte, which takes no slice of its own
	serializedAt *byte  // the same of a value in a Memory with a Serializer
	token        string // of a lock, which no Get can decode
)

// bytes are those from p on.
func (c content) bytes(p *byte) []byte { return unsafe.Slice(p, c.size) }

// freeze makes the stored snapshot of v, in an entry without a key yet.
func (m *Memory) freeze(v any) (*entry, error) {
	raw, isBytes := v.([]byte)
	if m.encoded {
		b, err := m.codec.encode(v)
		if err != nil {
			return nil, err
		}
		if len(raw) > 0 && len(b) > 0 && &raw[0] == &b[0] {
			b = plain.CloneBytes(b) // the raw serializer does not copy
		}
		return &entry{content: content{serializedAt(unsafe.SliceData(b)), len(b)}}, nil
	}
	if isBytes {
		b := plain.CloneBytes(raw)
		return &entry{content: content{bytesAt(unsafe.SliceData(b)), len(b)}}, nil
	}
	s, err := plain.Snapshot(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSerialize, err)
	}
	return &entry{content: content{value: s}}, nil
}

// thaw makes a copy of a stored value for the caller.
func (m *Memory) thaw(c content) (any, error) {
	switch v := c.value.(type) {
	case bytesAt:
		return plain.CloneBytes(c.bytes(v)), nil
	case serializedAt:
		return m.codec.decode(c.bytes(v))
	case token:
		return nil, fmt.Errorf("%w: the key holds a lock", ErrDeserialize)
	case *memorySet, *memoryHash, *memorySorted:
		return nil, ErrWrongType
	}
	return plain.Clone(c.value), nil
}
