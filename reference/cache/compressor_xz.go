package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// packXz compresses with a dictionary no larger than the data: preset 4, which
// django-redis uses, has one of 4 MiB.
func packXz(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := xz.WriterConfig{DictCap: min(max(len(data), lzma.MinDictCap), 4<<20)}.NewWriter(&out)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// errNotXz says that the bytes are no .xz stream as liblzma writes them.
var errNotXz = errors.New("not an xz stream")

// unpackXz decompresses one .xz stream. It goes through the block headers and the
// headers of their chunks before it decompresses a block, so that neither a
// large output nor a large dictionary, of which a header may claim 4 GiB, takes
// memory beyond limit.
// Source: https://tukaani.org/xz/xz-file-format.txt; LZMA2 chunks as in
// lzma2_decoder.c of liblzma.
func unpackXz(data []byte, limit int64) ([]byte, error) {
	if len(data) < 32 || data[6] != 0 || crc32.ChecksumIEEE(data[6:8]) != binary.LittleEndian.Uint32(data[8:]) {
		return nil, errNotXz
	}
	check, ok := xzChecks[data[7]]
	if !ok {
		return nil, errNotXz
	}
	var out []byte
	rest := data[12:]
	for len(rest) > 0 && rest[0] != 0 {
		block, err := readXzBlock(rest)
		if err != nil {
			return nil, err
		}
		if block.size > limit-int64(len(out)) {
			return nil, ErrTooLarge
		}
		part, err := block.decompress()
		if err != nil {
			return nil, err
		}
		sum := check(part)
		if len(rest) < block.end+len(sum) || !bytes.Equal(rest[block.end:block.end+len(sum)], sum) {
			return nil, errNotXz
		}
		rest = rest[block.end+len(sum):]
		if out = append(out, part...); len(out) == len(part) {
			out = part
		}
	}
	return out, xzEnd(rest, data[6:8])
}

// xzChecks make the checksums that a stream's flags name.
var xzChecks = map[byte]func([]byte) []byte{
	0: func([]byte) []byte { return nil },
	1: func(b []byte) []byte { return binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)) },
	4: func(b []byte) []byte { return binary.LittleEndian.AppendUint64(nil, crc64.Checksum(b, ecma)) },
	10: func(b []byte) []byte {
		sum := sha256.Sum256(b)
		return sum[:]
	},
}

var ecma = crc64.MakeTable(crc64.ECMA)

// An xzBlock is a block of a stream before it is decompressed.
type xzBlock struct {
	chunks     []byte // of LZMA2
	dictionary int64
	size       int64 // decompressed
	end        int   // of the block and its padding, in what it was read from
}

// readXzBlock reads the header of a block, which may have one filter, LZMA2,
// and walks through its chunks.
func readXzBlock(data []byte) (xzBlock, error) {
	head := (int(data[0]) + 1) * 4
	if len(data) < head || crc32.ChecksumIEEE(data[:head-4]) != binary.LittleEndian.Uint32(data[head-4:]) || data[1]&0x3f != 0 {
		return xzBlock{}, errNotXz
	}
	at := 2
	for _, optional := range []byte{0x40, 0x80} { // the sizes of the block, which the chunks tell as well
		if data[1]&optional == 0 {
			continue
		}
		_, n := binary.Uvarint(data[at : head-4])
		if n <= 0 {
			return xzBlock{}, errNotXz
		}
		at += n
	}
	if at+3 > head-4 || data[at] != 0x21 || data[at+1] != 1 || data[at+2] > 40 {
		return xzBlock{}, errNotXz
	}
	bits := data[at+2]
	b := xzBlock{dictionary: int64(2|bits&1) << (bits/2 + 11)}
	length, err := b.walk(data[head:])
	if err != nil {
		return xzBlock{}, err
	}
	b.chunks = data[head : head+length]
	b.end = (head + length + 3) &^ 3
	return b, nil
}

// walk adds up what the chunks say they decompress to, and returns their
// length.
func (b *xzBlock) walk(data []byte) (int, error) {
	for at := 0; at < len(data); {
		control, left := data[at], data[at:]
		switch {
		case control == 0:
			return at + 1, nil
		case control >= 0x80 && len(left) >= 6:
			b.size += int64(control&0x1f)<<16 + int64(binary.BigEndian.Uint16(left[1:])) + 1
			at += 5 + int(binary.BigEndian.Uint16(left[3:])) + 1
			if control >= 0xc0 { // new properties
				at++
			}
		case control <= 2 && len(left) >= 3:
			n := int(binary.BigEndian.Uint16(left[1:])) + 1
			b.size += int64(n)
			at += 3 + n
		default:
			return 0, errNotXz
		}
	}
	return 0, errNotXz
}

// decompress needs a dictionary no larger than the output, whatever the header
// says.
func (b *xzBlock) decompress() ([]byte, error) {
	dictionary := max(min(b.dictionary, b.size), lzma.MinDictCap)
	r, err := lzma.Reader2Config{DictCap: int(dictionary)}.NewReader2(bytes.NewReader(b.chunks))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, b.size+1))
}

// xzEnd checks the index and the footer, by which a stream is known to be whole.
func xzEnd(rest, flags []byte) error {
	if len(rest) < 20 || len(rest)%4 != 0 || string(rest[len(rest)-2:]) != "YZ" {
		return errNotXz
	}
	index, footer := rest[:len(rest)-12], rest[len(rest)-12:]
	switch {
	case crc32.ChecksumIEEE(index[:len(index)-4]) != binary.LittleEndian.Uint32(index[len(index)-4:]),
		crc32.ChecksumIEEE(footer[4:10]) != binary.LittleEndian.Uint32(footer),
		int64(binary.LittleEndian.Uint32(footer[4:])+1)*4 != int64(len(index)),
		!bytes.Equal(footer[8:10], flags):
		return errNotXz
	}
	return nil
}
