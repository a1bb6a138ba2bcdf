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
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
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
// those that Go and Python share in an alias without a compressor. Python's
// gzip does not find even its own members, as it writes the time into them.
func NewCompressor(name string, limit int) (Compressor, error) {
	if limit == 0 {
		limit = DefaultMaxDecoded
	}
	p := &packer{name: name, limit: int64(limit), threshold: 15}
	switch name {
	case "":
		return nil, nil
	case "zlib":
		p.is = zlibHeader
		p.writers.New = func() any { w, _ := zlib.NewWriterLevel(nil, 6); return w } // 6 is a level
		p.reader = func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }
	case "gzip":
		p.is = prefix("\x1f\x8b")
		p.writers.New = func() any { w, _ := gzip.NewWriterLevel(nil, 9); return w } // as Python's default
		p.reader = func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	case "lz4":
		p.is = prefix("\x04\x22\x4d\x18")
		p.writers.New = func() any {
			w := lz4.NewWriter(nil)
			_ = w.Apply(lz4.BlockSizeOption(lz4.Block64Kb)) // as Python; blocks of 4 MiB would each be allocated
			return w
		}
		p.reader = func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil }
	case "zstd":
		return newZstd(p)
	case "lzma":
		p.threshold = 100
		p.is = prefix("\xfd7zXZ\x00")
		p.writers.New = func() any { return &xzWriter{} }
		p.reader = xzReader
	default:
		return nil, fmt.Errorf("unknown compressor %q: want zlib, gzip, lz4, zstd, lzma or nothing", name)
	}
	return p, nil
}

// A packer is a compressor made of a stream format.
type packer struct {
	name      string
	threshold int
	limit     int64
	is        func([]byte) bool // whether data look compressed
	writers   sync.Pool         // of streamWriter, whose tables cost more than a short value
	reader    func(io.Reader) (io.Reader, error)
}

// A streamWriter can be used again for another stream.
type streamWriter interface {
	io.WriteCloser
	Reset(io.Writer)
}

// Compress implements Compressor.
func (p *packer) Compress(data []byte) ([]byte, error) {
	if len(data) <= p.threshold {
		return data, nil
	}
	var out bytes.Buffer
	w := p.writers.Get().(streamWriter)
	defer p.writers.Put(w)
	w.Reset(&out)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return out.Bytes(), nil
}

// Decompress implements Compressor. As in django-redis, what cannot be
// decompressed is taken for a value that was not compressed.
func (p *packer) Decompress(data []byte) ([]byte, error) {
	if !p.is(data) {
		return data, nil
	}
	r, err := p.reader(bytes.NewReader(data))
	if errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	if err != nil {
		return data, nil
	}
	out, err := io.ReadAll(io.LimitReader(r, p.limit+1))
	if int64(len(out)) > p.limit {
		return nil, fmt.Errorf("%s: %w of %d bytes: raise MaxDecoded", p.name, ErrTooLarge, p.limit)
	}
	if err != nil {
		return data, nil
	}
	return out, nil
}

func prefix(magic string) func([]byte) bool {
	return func(data []byte) bool { return len(data) >= len(magic) && string(data[:len(magic)]) == magic }
}

// zlibHeader checks the method and the check bits of RFC 1950.
func zlibHeader(data []byte) bool {
	return len(data) > 2 && data[0]&0x0f == 8 && (int(data[0])<<8|int(data[1]))%31 == 0
}

// An xzWriter writes what it is given at once, with a dictionary no larger than
// that: preset 4, which django-redis uses, has one of 4 MiB.
type xzWriter struct{ out io.Writer }

// Reset implements streamWriter.
func (x *xzWriter) Reset(out io.Writer) { x.out = out }

// Write implements io.Writer.
func (x *xzWriter) Write(data []byte) (int, error) {
	dictionary := min(max(len(data), lzma.MinDictCap), 4<<20)
	w, err := xz.WriterConfig{DictCap: dictionary}.NewWriter(x.out)
	if err != nil {
		return 0, err
	}
	n, err := w.Write(data)
	return n, errors.Join(err, w.Close())
}

// Close implements io.Closer.
func (x *xzWriter) Close() error { return nil }

// maxDictionary is that of xz's highest preset.
const maxDictionary = 64 << 20

// xzReader refuses a dictionary that would take more memory than any preset
// needs. The size stands in the header of the first block, after the 12 bytes
// of the stream's: size, flags, two optional numbers, then the filter LZMA2.
// Source: https://tukaani.org/xz/xz-file-format.txt, 3.1
func xzReader(r io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	at := 14
	for optional := byte(0x40); optional != 0 && len(data) > 13; optional <<= 1 {
		if data[13]&optional == 0 {
			continue
		}
		for at < len(data) && data[at] >= 0x80 { // a number of several bytes
			at++
		}
		at++
	}
	if at+2 < len(data) && data[at] == 0x21 && data[at+1] == 1 {
		if bits := int(data[at+2]); bits > 40 || (2|bits&1)<<(bits/2+11) > maxDictionary {
			return nil, ErrTooLarge
		}
	}
	return xz.ReaderConfig{SingleStream: true}.NewReader(bytes.NewReader(data))
}

// zstdPacker keeps its coders: they are costly to make and safe to share.
type zstdPacker struct {
	*packer
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newZstd(p *packer) (Compressor, error) {
	p.is = prefix("\x28\xb5\x2f\xfd")
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(p.limit)))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &zstdPacker{p, encoder, decoder}, nil
}

// Compress implements Compressor.
func (z *zstdPacker) Compress(data []byte) ([]byte, error) {
	if len(data) <= z.threshold {
		return data, nil
	}
	return z.encoder.EncodeAll(data, nil), nil
}

// Decompress implements Compressor.
func (z *zstdPacker) Decompress(data []byte) ([]byte, error) {
	if !z.is(data) {
		return data, nil
	}
	out, err := z.decoder.DecodeAll(data, nil)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return nil, fmt.Errorf("zstd: %w of %d bytes: raise MaxDecoded", ErrTooLarge, z.limit)
	}
	if err != nil {
		return data, nil
	}
	return out, nil
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
