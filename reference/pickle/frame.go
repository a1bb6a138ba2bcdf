package pickle

import "encoding/binary"

const (
	frameHeader = 9        // opcode and 8 bytes of length
	frameTarget = 64 << 10 // a frame ends at the first value beyond this
	frameMin    = 4        // a shorter frame is written without its header
)

// write opens a frame where CPython does: before the first byte of one.
func (e *encoder) open() {
	if e.framing && e.frame < 0 {
		e.frame = len(e.buf)
		e.buf = append(e.buf, opFrame, 0, 0, 0, 0, 0, 0, 0, 0)
	}
}

// closeFrame fills in the length of the open frame, or drops a header that
// would be longer than it is worth.
func (e *encoder) closeFrame() {
	if !e.framing || e.frame < 0 {
		return
	}
	body := e.frame + frameHeader
	if n := len(e.buf) - body; n >= frameMin {
		binary.LittleEndian.PutUint64(e.buf[e.frame+1:], uint64(n))
	} else {
		e.buf = append(e.buf[:e.frame], e.buf[body:]...)
	}
	e.frame = -1
}

// boundary ends the frame before a value if it has grown enough.
func (e *encoder) boundary() {
	if e.framing && e.frame >= 0 && len(e.buf)-e.frame-frameHeader >= frameTarget {
		e.closeFrame()
	}
}

func (e *encoder) op(op byte) {
	e.open()
	e.buf = append(e.buf, op)
}

func (e *encoder) op1(op, arg byte) {
	e.open()
	e.buf = append(e.buf, op, arg)
}

func (e *encoder) op4(op byte, arg uint32) {
	e.open()
	e.buf = binary.LittleEndian.AppendUint32(append(e.buf, op), arg)
}

// payload writes an opcode with its length and data. Large data stands outside
// of frames, so that a reader can take it without copying.
func payload[T string | []byte](e *encoder, short, long, huge byte, data T) {
	large := len(data) >= frameTarget
	framing := e.framing
	if large {
		e.closeFrame()
		e.framing = false
	}
	switch n := len(data); {
	case n < 256 && short != 0:
		e.op1(short, byte(n))
	case uint64(n) <= 0xffffffff:
		e.op4(long, uint32(n))
	default:
		e.op(huge)
		e.buf = binary.LittleEndian.AppendUint64(e.buf, uint64(n))
	}
	e.buf = append(e.buf, data...)
	e.framing = framing
}
