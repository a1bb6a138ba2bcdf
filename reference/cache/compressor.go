package cache

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// DefaultMaxDecoded bounds a decompressed value: 64 MiB.
const DefaultMaxDecoded = 64 << 20

// ErrTooLarge says that a value is larger than the compressor's limit, as a
// decompression bomb is. It comes with ErrDeserialize.
var ErrTooLarge = errors.New("decompressed value exceeds the limit")

// NewCompressor returns the compressor of the given name, with django-redis's
// levels and thresholds: zlib, gzip, lz4 and zstd compress what is longer than
// 15 bytes, lzma what is longer than 100. limit bounds decompressed values in
// bytes; 0 means DefaultMaxDecoded. The name "" gives nil, for none.
//
// Either side reads what the other compressed, but not all libraries compress
// to the same bytes, by which sets and sorted sets know their members: keep
// those that Go and Python share in an alias without a compressor, or with lz4
// where each is at most 64 KiB, whose bytes are Python's. With zstd most short
// members have them, too. Python's gzip does not find even its own members, as
// it writes the time into them.
func NewCompressor(name string, limit int) (Compressor, error) {
	if limit == 0 {
		limit = DefaultMaxDecoded
	}
	p := &packer{name: name, limit: int64(limit), threshold: 15}
	var err error
	switch name {
	case "":
		return nil, nil
	case "zlib":
		p.is = zlibHeader
		p.pack = pooled(func() streamWriter { w, _ := zlib.NewWriterLevel(nil, 6); return w }) // 6 is a level
		p.unpack = reading(func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	case "gzip":
		p.is = prefix("\x1f\x8b")
		p.pack = pooled(func() streamWriter { w, _ := gzip.NewWriterLevel(nil, 9); return w }) // as Python's default
		p.unpack = reading(func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	case "lz4":
		p.is = prefix("\x04\x22\x4d\x18")
		p.pack = packLZ4()
		p.unpack = reading(func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil })
	case "zstd":
		p.is = prefix("\x28\xb5\x2f\xfd")
		p.pack, p.unpack, err = newZstd(p.limit)
	case "lzma":
		p.threshold = 100
		p.is = prefix("\xfd7zXZ\x00")
		p.pack, p.unpack = packXz, unpackXz
	default:
		return nil, fmt.Errorf("unknown compressor %q: want zlib, gzip, lz4, zstd, lzma or nothing", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// A packer is a compressor of one format.
type packer struct {
	name      string
	threshold int
	limit     int64
	is        func([]byte) bool // whether data look compressed
	pack      func([]byte) ([]byte, error)
	unpack    unpacking
}

// An unpacking decompresses data. What decompresses to more than limit is
// ErrTooLarge; any other error says that data are not compressed.
type unpacking func(data []byte, limit int64) ([]byte, error)

// Compress implements Compressor.
func (p *packer) Compress(data []byte) ([]byte, error) {
	if len(data) <= p.threshold {
		return data, nil
	}
	out, err := p.pack(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return out, nil
}

// Decompress implements Compressor. As in django-redis, what cannot be
// decompressed is taken for a value that was not compressed.
func (p *packer) Decompress(data []byte) ([]byte, error) {
	if !p.is(data) {
		return data, nil
	}
	out, err := p.unpack(data, p.limit)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, fmt.Errorf("%s: %w of %d bytes: raise MaxDecoded", p.name, ErrTooLarge, p.limit)
	case err != nil:
		return data, nil
	}
	return out, nil
}

// A streamWriter can be used again for another stream.
type streamWriter interface {
	io.WriteCloser
	Reset(io.Writer)
}

// pooled compresses with writers whose tables cost more than a short value.
func pooled(build func() streamWriter) func([]byte) ([]byte, error) {
	writers := sync.Pool{New: func() any { return build() }}
	return func(data []byte) ([]byte, error) {
		var out bytes.Buffer
		w := writers.Get().(streamWriter)
		defer writers.Put(w)
		w.Reset(&out)
		_, err := w.Write(data)
		if err == nil {
			err = w.Close()
		}
		return out.Bytes(), err
	}
}

// reading decompresses with a reader of a stream.
func reading(open func(io.Reader) (io.Reader, error)) unpacking {
	return func(data []byte, limit int64) ([]byte, error) {
		r, err := open(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		out, err := io.ReadAll(io.LimitReader(r, limit+1))
		if int64(len(out)) > limit {
			return nil, ErrTooLarge
		}
		return out, err
	}
}

func prefix(magic string) func([]byte) bool {
	return func(data []byte) bool { return len(data) >= len(magic) && string(data[:len(magic)]) == magic }
}

// zlibHeader checks the method and the check bits of RFC 1950.
func zlibHeader(data []byte) bool {
	return len(data) > 2 && data[0]&0x0f == 8 && (int(data[0])<<8|int(data[1]))%31 == 0
}

// newZstd keeps its coders, which are costly to make and safe to share.
func newZstd(limit int64) (func([]byte) ([]byte, error), unpacking, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true)) // frames as Python's
	if err != nil {
		return nil, nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(limit)))
	if err != nil {
		return nil, nil, err
	}
	pack := func(data []byte) ([]byte, error) { return encoder.EncodeAll(data, nil), nil }
	return pack, func(data []byte, _ int64) ([]byte, error) {
		out, err := decoder.DecodeAll(data, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
			return nil, ErrTooLarge
		}
		return out, err
	}, nil
}

// NewSerializer returns the serializer of the given name: pickle (also ""),
// json, msgpack or raw. protocol is that of pickle, 2 to 5; 0 means 4 and -1
// the highest.
func NewSerializer(name string, protocol int) (Serializer, error) {
	switch name {
	case "", "pickle":
		return newPickle(protocol)
	case "json":
		return JSON{}, nil
	case "msgpack":
		return MessagePack{}, nil
	case "raw":
		return Raw{}, nil
	}
	return nil, fmt.Errorf("unknown serializer %q: want pickle, json, msgpack or raw", name)
}
