package fake

import (
	"encoding/binary"
	"errors"
	"hash/crc64"
	"math"
	"strconv"
)

// The types of values in a DUMP, as in an RDB file.
const (
	rdbString        = 0
	rdbList          = 1
	rdbSet           = 2
	rdbHash          = 4
	rdbZset          = 5 // with binary scores
	rdbIntset        = 11
	rdbHashListpack  = 16
	rdbZsetListpack  = 17
	rdbListQuicklist = 18
	rdbSetListpack   = 20

	rdbVersion = 9 // Redis 5 and newer read it
)

// rdbChecksum is Redis' CRC-64: the polynomial of Jones, without inversion.
func rdbChecksum(b []byte) uint64 {
	return ^crc64.Update(^uint64(0), crc64.MakeTable(0x95ac9329ac4bc9b5), b)
}

// rdbSeal adds what a DUMP ends with: the version and the checksum.
func rdbSeal(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, rdbVersion)
	return binary.LittleEndian.AppendUint64(b, rdbChecksum(b))
}

// rdbOpen takes the end of a DUMP off; ok is false unless it is whole and of
// a version this fake reads.
func rdbOpen(s string) (payload []byte, ok bool) {
	b := []byte(s)
	if len(b) < 10 {
		return nil, false
	}
	n := len(b) - 10
	version, sum := binary.LittleEndian.Uint16(b[n:]), binary.LittleEndian.Uint64(b[n+2:])
	return b[:n], version <= 12 && (sum == 0 || sum == rdbChecksum(b[:n+2]))
}

func rdbLength(b []byte, n int) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n))
	case n < 1<<14:
		return append(b, 0x40|byte(n>>8), byte(n))
	default:
		return binary.BigEndian.AppendUint32(append(b, 0x80), uint32(n))
	}
}

func rdbText(b []byte, s string) []byte { return append(rdbLength(b, len(s)), s...) }

var (
	errRDB     = errors.New("bad data format")
	errRDBKind = errors.New("a kind of value the fake does not read")
)

// rdbReader reads a payload. After an error it reads zeros.
type rdbReader struct {
	b   []byte
	err error
}

func (r *rdbReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errors.Join(r.err, errRDB)
		return make([]byte, min(max(n, 0), 16))
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

// length reads a length, or the code of an encoded string.
func (r *rdbReader) length() (n int, encoded bool) {
	first := r.take(1)[0]
	switch first >> 6 {
	case 0:
		return int(first & 0x3f), false
	case 1:
		return int(first&0x3f)<<8 | int(r.take(1)[0]), false
	case 3:
		return int(first & 0x3f), true
	}
	if first == 0x81 {
		n := binary.BigEndian.Uint64(r.take(8))
		return int(min(n, math.MaxInt32)), false
	}
	return int(binary.BigEndian.Uint32(r.take(4))), false
}

func (r *rdbReader) text() string {
	n, encoded := r.length()
	if !encoded {
		return string(r.take(n))
	}
	switch n {
	case 0:
		return strconv.Itoa(int(int8(r.take(1)[0])))
	case 1:
		return strconv.Itoa(int(int16(binary.LittleEndian.Uint16(r.take(2)))))
	case 2:
		return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(r.take(4)))))
	case 3:
		size, _ := r.length()
		full, _ := r.length()
		return r.inflate(r.take(size), full)
	}
	r.err = errors.Join(r.err, errRDB)
	return ""
}

// inflate undoes LZF.
func (r *rdbReader) inflate(in []byte, size int) string {
	var out []byte
	for len(in) > 0 && len(out) <= size {
		c := int(in[0])
		in = in[1:]
		if c < 32 {
			if c++; c > len(in) {
				break
			}
			out, in = append(out, in[:c]...), in[c:]
			continue
		}
		n := c >> 5
		if n == 7 && len(in) > 0 {
			n += int(in[0])
			in = in[1:]
		}
		if len(in) == 0 {
			break
		}
		at := len(out) - (c&0x1f)<<8 - int(in[0]) - 1
		in = in[1:]
		if at < 0 {
			break
		}
		for range n + 2 {
			out = append(out, out[at])
			at++
		}
	}
	if len(out) != size {
		r.err = errors.Join(r.err, errRDB)
	}
	return string(out)
}

// texts reads a counted list of strings, width of them for each count.
func (r *rdbReader) texts(width int) []string {
	n, _ := r.length()
	var all []string
	for i := 0; i < n*width && r.err == nil; i++ {
		all = append(all, r.text())
	}
	return all
}

// intset reads the integers of a set.
func (r *rdbReader) intset() []string {
	in := &rdbReader{b: []byte(r.text())}
	width := int(binary.LittleEndian.Uint32(in.take(4)))
	n := int(binary.LittleEndian.Uint32(in.take(4)))
	var all []string
	for i := 0; i < n && in.err == nil; i++ {
		var v int64
		switch b := in.take(width); width {
		case 2:
			v = int64(int16(binary.LittleEndian.Uint16(b)))
		case 4:
			v = int64(int32(binary.LittleEndian.Uint32(b)))
		case 8:
			v = int64(binary.LittleEndian.Uint64(b))
		default:
			in.err = errRDB
		}
		all = append(all, strconv.FormatInt(v, 10))
	}
	r.err = errors.Join(r.err, in.err)
	return all
}
