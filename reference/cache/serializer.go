package cache

import (
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/redkit-dev/redkit/reference/pickle"
)

// A Serializer turns values into bytes and back. It is safe for concurrent
// use. What it writes must not look like a decimal integer, which is what
// integers are stored as without it. Parse must not keep data.
type Serializer interface {
	// Append appends the form of v to dst; on an error it returns dst.
	Append(dst []byte, v any) ([]byte, error)
	Parse(data []byte) (any, error)
}

// A Compressor makes the output of a Serializer shorter. It is safe for
// concurrent use.
type Compressor interface {
	// Compress returns data itself when it is too short to be worth it.
	Compress(data []byte) ([]byte, error)
	// Decompress returns data itself when they are not compressed, and an
	// error when they would exceed the limit of the Compressor.
	Decompress(data []byte) ([]byte, error)
}

// Pickle serializes as Python's pickle. Protocol 0 means 4.
type Pickle struct{ pickle.Encoding }

func newPickle(protocol int) (Serializer, error) {
	switch {
	case protocol == -1:
		protocol = pickle.HighestProtocol
	case protocol == 0:
		protocol = pickle.DefaultProtocol
	case protocol < 2 || protocol > pickle.HighestProtocol:
		return nil, fmt.Errorf("pickle version %d: want 2 to %d, or -1 for the highest", protocol, pickle.HighestProtocol)
	}
	return Pickle{pickle.Encoding{Protocol: protocol}}, nil
}

// Parse implements Serializer.
func (Pickle) Parse(data []byte) (any, error) { return pickle.Unmarshal(data) }

// Raw stores []byte and string as they are and reads []byte. Bytes that look
// like a decimal integer come back as bytes, too. Integers are stored as
// digits, so that Incr works, and are read as bytes.
type Raw struct{}

// Append implements Serializer.
func (Raw) Append(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return append(dst, v...), nil
	case string:
		return append(dst, v...), nil
	}
	return dst, fmt.Errorf("the raw serializer takes []byte, string and integers, not %T", v)
}

// Parse implements Serializer.
func (Raw) Parse(data []byte) (any, error) {
	return append(make([]byte, 0, len(data)), data...), nil
}

// A codec is how one alias stores values.
type codec struct {
	serializer Serializer
	compressor Compressor // or nil
	raw        bool       // the serializer is Raw
}

func newCodec(s Serializer, c Compressor) codec {
	if s == nil {
		s = Pickle{}
	}
	_, raw := s.(Raw)
	return codec{s, c, raw}
}

// encode returns the stored form of v; it may be v itself.
func (c *codec) encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case int:
		return strconv.AppendInt(nil, int64(v), 10), nil
	case *big.Int:
		if v == nil {
			return nil, fmt.Errorf("%w: nil *big.Int", ErrSerialize)
		}
		return v.Append(nil, 10), nil
	case []byte:
		if c.raw && c.compressor == nil {
			return v, nil
		}
	case bool, string, float64, nil, time.Duration: // a timedelta is no number
	default:
		if b, ok := integer(v); ok {
			return b, nil
		}
	}
	b, err := c.serializer.Append(make([]byte, 0, room(v)), v)
	if err == nil && c.compressor != nil {
		b, err = c.compressor.Compress(b)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSerialize, err)
	}
	return b, nil
}

// room is a guess at the length of the serialized form.
func room(v any) int {
	switch v := v.(type) {
	case []byte:
		return len(v) + 32
	case string:
		return len(v) + 32
	}
	return 128
}

// decode is the value of a stored form, which it does not keep.
func (c *codec) decode(b []byte) (any, error) {
	if !c.raw {
		if n, ok := parseInteger(b); ok {
			return n, nil
		}
	}
	return c.decodeSlow(b)
}

// decodeOwned is decode of bytes that may be kept.
func (c *codec) decodeOwned(b []byte) (any, error) {
	if c.raw && c.compressor == nil {
		if b == nil {
			b = []byte{}
		}
		return b, nil
	}
	return c.decode(b)
}

func (c *codec) decodeSlow(b []byte) (any, error) {
	var err error
	if c.compressor != nil {
		if b, err = c.compressor.Decompress(b); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDeserialize, err)
		}
	}
	v, err := c.serializer.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDeserialize, err)
	}
	return v, nil
}
