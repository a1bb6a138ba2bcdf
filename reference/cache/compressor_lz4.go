package cache

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"

	"github.com/pierrec/lz4/v4"
)

// packLZ4 frames as Python does: blocks of 64 KiB, the size in front, no
// checksum behind. What fits into one block has Python's bytes: the members of
// sets are known by them.
func packLZ4() func([]byte) ([]byte, error) {
	writers := sync.Pool{New: func() any { return lz4.NewWriter(nil) }}
	tables := sync.Pool{New: func() any { return new(lz4Table) }}
	return func(data []byte) ([]byte, error) {
		if len(data) > lz4OneBlock {
			w := writers.Get().(*lz4.Writer)
			defer writers.Put(w)
			return lz4Blocks(w, data)
		}
		t := tables.Get().(*lz4Table)
		defer tables.Put(t)
		*t = lz4Table{}
		return t.frame(data), nil
	}
}

// lz4Blocks frames what is too long for one block. Python links the blocks to
// each other, which w cannot.
func lz4Blocks(w *lz4.Writer, data []byte) ([]byte, error) {
	var out bytes.Buffer
	w.Reset(&out)
	err := w.Apply(lz4.BlockSizeOption(lz4.Block64Kb), lz4.ChecksumOption(false), lz4.SizeOption(uint64(len(data))))
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

// lz4OneBlock is the most data of a frame of one block.
const lz4OneBlock = 64 << 10

// An lz4Table knows where four bytes were seen last, by their hash.
type lz4Table [1 << lz4HashBits]uint16

const (
	lz4HashBits = 13
	lz4Token    = 15 // the longest length that a token holds
	lz4MinMatch = 4
	lz4Tail     = 5  // bytes at the end that are always literals
	lz4Margin   = 12 // no match begins behind this many bytes before the end
)

// frame returns the frame of data: magic number and header, the one block,
// compressed if that makes it shorter, and the mark of the end.
// Source: https://github.com/lz4/lz4, doc/lz4_Frame_format.md.
func (t *lz4Table) frame(data []byte) []byte {
	out := append(make([]byte, 0, len(data)+23), "\x04\x22\x4d\x18\x68\x40"...) // version 1, blocks of 64 KiB that stand alone, the size follows
	out = binary.LittleEndian.AppendUint64(out, uint64(len(data)))
	out = append(out, byte(lz4HeaderSum(out[4:])>>8), 0, 0, 0, 0)
	at := len(out) - 4
	packed, shorter := t.block(out, data, len(out)+len(data)-1)
	if shorter {
		binary.LittleEndian.PutUint32(packed[at:], uint32(len(packed)-at-4))
		return append(packed, 0, 0, 0, 0)
	}
	binary.LittleEndian.PutUint32(out[at:], uint32(len(data))|1<<31)
	return append(append(out, data...), 0, 0, 0, 0)
}

// lz4HeaderSum is xxHash32 of the ten bytes of a header: of less than a stripe.
// Source: https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md.
func lz4HeaderSum(header []byte) uint32 {
	const p1, p2, p3, p4, p5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
	h := uint32(p5 + len(header))
	for ; len(header) >= 4; header = header[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(header)*p3, 17) * p4
	}
	for _, b := range header {
		h = bits.RotateLeft32(h+uint32(b)*p5, 11) * p1
	}
	h = (h ^ h>>15) * p2
	h = (h ^ h>>13) * p3
	return h ^ h>>16
}

// block appends data in LZ4's block format, and gives up when that may reach
// limit. To make the same bytes it looks for matches as
// LZ4_compress_generic of LZ4 1.9 and 1.10 does for less than 64 KiB at
// acceleration 1, and gives up where that does.
// Source: https://github.com/lz4/lz4, doc/lz4_Block_format.md and lib/lz4.c.
func (t *lz4Table) block(out, data []byte, limit int) ([]byte, bool) {
	anchor, last := 0, len(data)-lz4Margin+1
	if last <= 0 {
		return lz4Last(out, data, limit)
	}
	read := func(i int) uint32 { return binary.LittleEndian.Uint32(data[i:]) }
	hash := func(i int) uint32 { return read(i) * 2654435761 >> (32 - lz4HashBits) }
	// seen returns where the bytes at i were seen before, and notes them.
	seen := func(h uint32, i int) int {
		before := int(t[h])
		t[h] = uint16(i)
		return before
	}
	t[hash(0)] = 0
	for ip := 1; ; {
		match := 0
		for next, step, tries := ip, 1, 1<<6; ; tries++ { // farther apart the longer nothing is found
			h := hash(next)
			ip = next
			next += step
			step = tries >> 6
			if next > last {
				return lz4Last(out, data[anchor:], limit)
			}
			if match = seen(h, ip); read(match) == read(ip) {
				break
			}
		}
		for ip > anchor && match > 0 && data[ip-1] == data[match-1] {
			ip, match = ip-1, match-1
		}
		literals := data[anchor:ip]
		if len(out)+1+len(literals)+2+1+lz4Tail+len(literals)/255 > limit {
			return nil, false
		}
		token := len(out)
		out = append(lz4Length(append(out, byte(min(len(literals), lz4Token)<<4)), len(literals)), literals...)
		for {
			out = binary.LittleEndian.AppendUint16(out, uint16(ip-match))
			more := lz4Common(data[ip+lz4MinMatch:len(data)-lz4Tail], data[match+lz4MinMatch:])
			ip += lz4MinMatch + more
			if len(out)+1+lz4Tail+(more+240)/255 > limit {
				return nil, false
			}
			out[token] |= byte(min(more, lz4Token))
			out = lz4Length(out, more)
			anchor = ip
			if ip >= last {
				return lz4Last(out, data[anchor:], limit)
			}
			t[hash(ip-2)] = uint16(ip - 2)
			if match = seen(hash(ip), ip); read(match) != read(ip) {
				break
			}
			token = len(out)
			out = append(out, 0)
		}
		ip++
	}
}

// lz4Last appends the literals behind the last match.
func lz4Last(out, rest []byte, limit int) ([]byte, bool) {
	if len(out)+len(rest)+1+(len(rest)+255-lz4Token)/255 > limit {
		return nil, false
	}
	out = append(out, byte(min(len(rest), lz4Token)<<4))
	return append(lz4Length(out, len(rest)), rest...), true
}

// lz4Length appends what of a length the token does not hold.
func lz4Length(out []byte, n int) []byte {
	if n -= lz4Token; n < 0 {
		return out
	}
	for ; n >= 255; n -= 255 {
		out = append(out, 255)
	}
	return append(out, byte(n))
}

// lz4Common counts the bytes at the begin of a and b that are equal; b is the
// longer one.
func lz4Common(a, b []byte) int {
	n := 0
	for ; n+8 <= len(a); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}
