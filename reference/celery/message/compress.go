package message

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"

	dsnet "github.com/dsnet/compress/bzip2"
	"github.com/klauspost/compress/zstd"
)

// MaxBody bounds a body once it is decompressed, in bytes: a small message
// must not fill the memory of a worker.
const MaxBody = 256 << 20

// The compression header's values, after kombu/compression.py. What kombu
// calls gzip is a raw zlib stream; both are read.
const (
	Zlib  = "application/x-gzip"
	Bzip2 = "application/x-bz2"
	Zstd  = "application/zstd"
)

// Compression turns a name that Celery's settings use ("zlib", "gzip",
// "bzip2", "bzip", "zstd", "zstandard", a content type, or "" for none) into
// the value of the compression header.
func Compression(name string) (string, error) {
	switch name {
	case "":
		return "", nil
	case "zlib", "gzip", Zlib:
		return Zlib, nil
	case "bzip2", "bzip", Bzip2:
		return Bzip2, nil
	case "zstd", "zstandard", Zstd:
		return Zstd, nil
	}
	return "", fmt.Errorf("compression %q: want zlib, gzip, bzip2 or zstd", name)
}

func compress(data []byte, kind string) ([]byte, error) {
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch kind {
	case "":
		return data, nil
	case Zlib:
		w = zlib.NewWriter(&out)
	case Bzip2:
		w, err = dsnet.NewWriter(&out, nil)
	case Zstd:
		w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	default:
		err = fmt.Errorf("unknown compression %q", kind)
	}
	if err == nil {
		if _, err = w.Write(data); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("compress body: %w", err)
	}
	return out.Bytes(), nil
}

func decompress(data []byte, kind string) ([]byte, error) {
	kind, err := Compression(kind)
	if err != nil {
		return nil, &Malformed{Reason: "the body cannot be decompressed", Err: err}
	}
	if kind == "" {
		return data, nil
	}
	var r io.Reader = bytes.NewReader(data)
	switch {
	case kind == Zlib && bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(r)
	case kind == Zlib:
		r, err = zlib.NewReader(r)
	case kind == Bzip2:
		r = bzip2.NewReader(r)
	case kind == Zstd:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxBody)); err == nil {
			defer z.Close()
			r = z
		}
	}
	var out []byte
	if err == nil {
		out, err = io.ReadAll(io.LimitReader(r, MaxBody+1))
	}
	switch {
	case err != nil:
		return nil, &Malformed{Reason: "the body cannot be decompressed", Err: err}
	case len(out) > MaxBody:
		return nil, malformed("the body is larger than %d bytes once decompressed", MaxBody)
	}
	return out, nil
}
