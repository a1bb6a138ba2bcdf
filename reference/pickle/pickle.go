// Package pickle reads and writes Python's pickle format for plain data.
//
// What [Marshal] writes is byte for byte what CPython's C pickler writes for
// the same data in protocols 2 to 5: the same opcodes, frames, batches and
// memo. [Unmarshal] reads those protocols and never runs anything: it knows
// the few classes of package plain (datetime, Decimal, UUID, set, bytes) and
// refuses every other. Memory and depth are bounded; input is never trusted.
package pickle

import "errors"

const (
	// DefaultProtocol is that of Python 3.8 and later, and of django-redis.
	DefaultProtocol = 4
	// HighestProtocol is that of Django's RedisCache.
	HighestProtocol = 5
)

var (
	// ErrUnsafe: the pickle names a class or function that is not plain data.
	ErrUnsafe = errors.New("pickle names something that is not plain data")
	// ErrCorrupt: the bytes are no pickle, or are cut short.
	ErrCorrupt = errors.New("corrupt pickle")
	// ErrTooLarge: the data would exceed the limits of the decoder.
	ErrTooLarge = errors.New("pickle exceeds the limit")
	// ErrUnencodable: pickle, or this protocol of it, has no form for the value.
	ErrUnencodable = errors.New("cannot be pickled")
)

// opcodes, named as in Python's pickletools.
const (
	opMark            = '('
	opStop            = '.'
	opPop             = '0'
	opPopMark         = '1'
	opDup             = '2'
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opBinInt2         = 'M'
	opNone            = 'N'
	opReduce          = 'R'
	opBinUnicode      = 'X'
	opAppend          = 'a'
	opBuild           = 'b'
	opGlobal          = 'c'
	opDict            = 'd'
	opAppends         = 'e'
	opBinGet          = 'h'
	opLongBinGet      = 'j'
	opList            = 'l'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opSetItem         = 's'
	opTuple           = 't'
	opSetItems        = 'u'
	opEmptyDict       = '}'
	opEmptyList       = ']'
	opEmptyTuple      = ')'
	opBinFloat        = 'G'
	opBinBytes        = 'B'
	opShortBinBytes   = 'C'
	opProto           = 0x80
	opNewObj          = 0x81
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opNewTrue         = 0x88
	opNewFalse        = 0x89
	opLong1           = 0x8a
	opLong4           = 0x8b
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
	opByteArray8      = 0x96
)

// batch is how many items the pickler puts between a MARK and an APPENDS.
const batch = 1000

// A Sharing says which equal texts count as one object, which is what decides
// where CPython writes a reference instead of the text. The empty text and
// texts of one Latin-1 character are always one object in CPython.
type Sharing uint8

const (
	// ShareKeys shares equal dictionary keys, as in data from json.loads, from
	// a query, or with attribute names. The default.
	ShareKeys Sharing = iota
	// ShareAll shares all equal texts and bytes, as in literals of a program.
	ShareAll
	// ShareNone shares nothing more than CPython must.
	ShareNone
)

// An Encoding selects what Marshal writes. The zero value is protocol 4.
type Encoding struct {
	// Protocol is 2 to 5. Zero means DefaultProtocol.
	Protocol int
	// Share says which texts are written once.
	Share Sharing
}

// Marshal pickles v with the default protocol. See [Encoding.Append].
func Marshal(v any) ([]byte, error) { return Encoding{}.Append(nil, v) }
