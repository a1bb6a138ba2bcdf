package pickle

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/redkit-dev/redkit/reference/plain"
)

type encoder struct {
	buf     []byte
	proto   int
	share   Sharing
	framing bool
	frame   int // where the open frame starts, or -1
	memos   uint32
	depth   int

	texts   map[string]uint32 // memo of texts that are one object
	bytes   map[string]uint32 // the same for bytes
	globals map[global]uint32
	modules map[string]uint32
	utc     uint32 // memo of timezone.utc, plus one
}

// Append appends the pickle of v to dst. It takes what package plain calls
// plain data, normalized or not; anything else, texts that are not UTF-8 and
// data nested deeper than plain.MaxDepth are ErrUnencodable, and dst is
// returned as it was.
func (c Encoding) Append(dst []byte, v any) ([]byte, error) {
	if c.Protocol == 0 {
		c.Protocol = DefaultProtocol
	}
	if c.Protocol < 2 || c.Protocol > HighestProtocol {
		return dst, fmt.Errorf("%w: protocol %d: want 2 to %d", ErrUnencodable, c.Protocol, HighestProtocol)
	}
	e := encoder{buf: dst, proto: c.Protocol, share: c.Share, frame: -1}
	e.buf = append(e.buf, opProto, byte(c.Protocol))
	e.framing = c.Protocol >= 4
	if err := e.save(v); err != nil {
		return dst, err
	}
	e.op(opStop)
	e.closeFrame()
	return e.buf, nil
}

// memoize gives the value just written the next number of the memo.
func (e *encoder) memoize() uint32 {
	n := e.memos
	e.memos++
	switch {
	case e.proto >= 4:
		e.op(opMemoize)
	case n < 256:
		e.op1(opBinPut, byte(n))
	default:
		e.op4(opLongBinPut, n)
	}
	return n
}

// get refers to a value of the memo.
func (e *encoder) get(n uint32) {
	if n < 256 {
		e.op1(opBinGet, byte(n))
	} else {
		e.op4(opLongBinGet, n)
	}
}

func (e *encoder) save(v any) error {
	e.boundary()
	switch v := v.(type) {
	case nil:
		e.op(opNone)
	case bool:
		if v {
			e.op(opNewTrue)
		} else {
			e.op(opNewFalse)
		}
	case int64:
		e.int(v)
	case int:
		e.int(int64(v))
	case *big.Int:
		return e.bigInt(v)
	case float64:
		bits := math.Float64bits(v)
		if v != v {
			bits = 0x7ff8 << 48 // Python's NaN; Go's has another bit set
		}
		e.op(opBinFloat)
		e.buf = binary.BigEndian.AppendUint64(e.buf, bits)
	case string:
		return e.text(v, e.share == ShareAll)
	case []byte:
		return e.byteString(v)
	case time.Time, plain.Naive, plain.Date, time.Duration, plain.Decimal, plain.UUID:
		return e.object(v)
	default:
		return e.container(v)
	}
	return nil
}

func (e *encoder) int(v int64) {
	switch {
	case v >= 0 && v <= 0xff:
		e.op1(opBinInt1, byte(v))
	case v >= 0 && v <= 0xffff:
		e.open()
		e.buf = append(e.buf, opBinInt2, byte(v), byte(v>>8))
	case v >= math.MinInt32 && v <= math.MaxInt32:
		e.op4(opBinInt, uint32(v))
	default:
		var le [8]byte
		binary.LittleEndian.PutUint64(le[:], uint64(v))
		n := 8 // the shortest two's complement
		for n > 1 && (le[n-1] == 0 && le[n-2] < 0x80 || le[n-1] == 0xff && le[n-2] >= 0x80) {
			n--
		}
		e.op1(opLong1, byte(n))
		e.buf = append(e.buf, le[:n]...)
	}
}

func (e *encoder) bigInt(v *big.Int) error {
	if v == nil {
		return fmt.Errorf("%w: nil *big.Int", ErrUnencodable)
	}
	if v.IsInt64() {
		e.int(v.Int64())
		return nil
	}
	le := twosComplement(v)
	if len(le) < 256 {
		e.op1(opLong1, byte(len(le)))
	} else {
		e.op4(opLong4, uint32(len(le)))
	}
	e.buf = append(e.buf, le...)
	return nil
}

// twosComplement is v in the fewest little-endian bytes.
func twosComplement(v *big.Int) []byte {
	magnitude := v
	if v.Sign() < 0 {
		magnitude = new(big.Int).Not(v)
	}
	le := magnitude.Bytes()
	slices.Reverse(le)
	if len(le) == 0 || le[len(le)-1] >= 0x80 {
		le = append(le, 0)
	}
	if v.Sign() < 0 {
		for i := range le {
			le[i] = ^le[i]
		}
	}
	return le
}

// text writes s, or a reference if it is the same object as an earlier one.
func (e *encoder) text(s string, shared bool) error {
	if !shared && len(s) <= 2 {
		shared = singleton(s)
	}
	if shared {
		if n, ok := e.texts[s]; ok {
			e.get(n)
			return nil
		}
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: text %.40q is not UTF-8: use []byte", ErrUnencodable, s)
	}
	short := byte(0)
	if e.proto >= 4 {
		short = opShortBinUnicode
	}
	if e.proto < 4 && uint64(len(s)) > math.MaxUint32 {
		return fmt.Errorf("%w: text of %d bytes needs protocol 4", ErrUnencodable, len(s))
	}
	payload(e, short, opBinUnicode, opBinUnicode8, s)
	n := e.memoize()
	if shared {
		if e.texts == nil {
			e.texts = make(map[string]uint32)
		}
		e.texts[s] = n
	}
	return nil
}

// singleton: CPython keeps one object for "" and for each Latin-1 character.
func singleton(s string) bool {
	if len(s) == 2 {
		r, n := utf8.DecodeRuneInString(s)
		return n == 2 && r < 256
	}
	return len(s) < 2
}

// key writes a dictionary key.
func (e *encoder) key(s string) error {
	e.boundary()
	return e.text(s, e.share != ShareNone)
}

func (e *encoder) container(v any) error {
	if e.depth++; e.depth > plain.MaxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrUnencodable, plain.MaxDepth)
	}
	defer func() { e.depth-- }()
	switch v := v.(type) {
	case []any:
		e.op(opEmptyList)
		e.memoize()
		return e.list(v)
	case map[string]any:
		e.op(opEmptyDict)
		e.memoize()
		keys := slices.Sorted(maps.Keys(v))
		return e.items(len(keys), func(i int) error {
			if err := e.key(keys[i]); err != nil {
				return err
			}
			return e.save(v[keys[i]])
		})
	case plain.Dict:
		e.op(opEmptyDict)
		e.memoize()
		return e.items(len(v), func(i int) error {
			key, ok := v[i].Key.(string)
			if !ok {
				if err := e.save(v[i].Key); err != nil {
					return err
				}
			} else if err := e.key(key); err != nil {
				return err
			}
			return e.save(v[i].Value)
		})
	case plain.Tuple:
		return e.tuple(v)
	case plain.Set:
		return e.set(v)
	case plain.FrozenSet:
		return e.frozenSet(v)
	}
	n, err := plain.Normalize(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnencodable, err)
	}
	return e.save(n)
}
