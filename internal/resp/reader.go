package resp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// A Reader yields whole values or whole requests from a stream. Read with
// one of [Reader.Value] and [Reader.Command] only: each buffers.
type Reader struct {
	src    io.Reader
	limits Limits
	buf    *bufio.Reader // for Value
	raw    []byte        // bytes of the value being read
	parser *Parser       // for Command
	chunk  []byte
}

// NewReader reads from r within the limits.
func NewReader(r io.Reader, limits Limits) *Reader {
	return &Reader{src: r, limits: limits.withDefaults()}
}

// Command returns the next request, its raw bytes included. io.EOF means the
// stream ended between two requests, io.ErrUnexpectedEOF inside one.
func (r *Reader) Command() (Command, error) {
	if r.parser == nil {
		r.parser = &Parser{Limits: r.limits, KeepRaw: true}
		r.chunk = make([]byte, 16<<10)
	}
	for {
		cmd, ok, err := r.parser.Next()
		if ok || err != nil {
			return cmd, err
		}
		n, err := r.src.Read(r.chunk)
		r.parser.Feed(r.chunk[:n])
		if n == 0 && err != nil {
			if errors.Is(err, io.EOF) && (r.parser.Buffered() > 0 || r.parser.open) {
				err = io.ErrUnexpectedEOF
			}
			return Command{}, err
		}
	}
}

// Value returns the next reply with its raw bytes; an attribute before it is
// part of it. io.EOF means the stream ended between two replies,
// io.ErrUnexpectedEOF inside one.
func (r *Reader) Value() (Value, error) {
	if r.buf == nil {
		r.buf = bufio.NewReaderSize(r.src, 16<<10)
	}
	r.raw = r.raw[:0]
	v, err := r.value(0)
	if err != nil {
		if errors.Is(err, io.EOF) && len(r.raw) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return Value{}, err
	}
	v.Raw = bytes.Clone(r.raw)
	if cap(r.raw) > 1<<20 {
		r.raw = nil
	}
	return v, nil
}

func (r *Reader) value(depth int) (Value, error) {
	if depth > r.limits.Depth {
		return Value{}, protocolErrorf("aggregates nested deeper than %d", r.limits.Depth)
	}
	line, err := r.line()
	if err != nil {
		return Value{}, err
	}
	if len(line) == 0 {
		return Value{}, protocolErrorf("empty line where a value should start")
	}
	kind, rest := Kind(line[0]), string(line[1:])
	switch kind {
	case Null:
		return Value{Kind: kind, Null: true}, nil
	case Simple, Error, Int, Double, Bool, BigNumber:
		return Value{Kind: kind, Str: rest}, checkScalar(kind, rest)
	case Bulk, BlobError, Verbatim:
		return r.blob(kind, rest)
	case Array, Set, Push, Map, Attribute:
		return r.aggregate(kind, rest, depth)
	default:
		return Value{}, protocolErrorf("unknown type byte %q", byte(kind))
	}
}

func checkScalar(kind Kind, s string) error {
	var err error
	switch kind {
	case Int:
		_, err = strconv.ParseInt(s, 10, 64)
	case Double:
		_, err = strconv.ParseFloat(s, 64)
		if errors.Is(err, strconv.ErrRange) {
			err = nil
		}
	case Bool:
		if s != "t" && s != "f" {
			err = strconv.ErrSyntax
		}
	}
	if err != nil {
		return protocolErrorf("invalid %q value %.64q", byte(kind), s)
	}
	return nil
}

func (r *Reader) blob(kind Kind, length string) (Value, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < -1 || n > r.limits.Bulk {
		return Value{}, protocolErrorf("invalid bulk length")
	}
	if n == -1 {
		return Value{Kind: kind, Null: true}, nil
	}
	start := len(r.raw)
	if err := r.take(n + 2); err != nil {
		return Value{}, err
	}
	if !bytes.HasSuffix(r.raw, []byte("\r\n")) {
		return Value{}, protocolErrorf("bulk string not ended by a line end")
	}
	return Value{Kind: kind, Str: string(r.raw[start : start+n])}, nil
}

func (r *Reader) aggregate(kind Kind, length string, depth int) (Value, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < -1 || n > r.limits.Elements {
		return Value{}, protocolErrorf("invalid multibulk length")
	}
	if n == -1 {
		return Value{Kind: kind, Null: true}, nil
	}
	if kind == Map || kind == Attribute {
		n *= 2
	}
	elems := make([]Value, 0, min(n, 1024)) // grows with what really arrives
	for range n {
		e, err := r.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		elems = append(elems, e)
	}
	if kind != Attribute {
		return Value{Kind: kind, Elems: elems}, nil
	}
	v, err := r.value(depth + 1)
	v.Attr = elems
	return v, err
}

// line appends one line to raw and returns it without its end.
func (r *Reader) line() ([]byte, error) {
	start := len(r.raw)
	for {
		part, err := r.buf.ReadSlice('\n')
		r.raw = append(r.raw, part...)
		if len(r.raw)-start > r.limits.Inline {
			return nil, protocolErrorf("line longer than %d bytes", r.limits.Inline)
		}
		if err == nil {
			return bytes.TrimSuffix(bytes.TrimSuffix(r.raw[start:], []byte("\n")), []byte("\r")), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

// take appends n bytes to raw, growing it only as they arrive.
func (r *Reader) take(n int) error {
	for n > 0 {
		step := min(n, 64<<10)
		start := len(r.raw)
		r.raw = append(r.raw, make([]byte, step)...)
		if _, err := io.ReadFull(r.buf, r.raw[start:]); err != nil {
			return err
		}
		n -= step
	}
	return nil
}
