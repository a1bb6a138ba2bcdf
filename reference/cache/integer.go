package cache

import (
	"math/big"
	"reflect"
	"strconv"
)

// integer is the decimal form of the integer types that encode does not name.
func integer(v any) ([]byte, bool) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(nil, r.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(nil, r.Uint(), 10), true
	}
	return nil, false
}

// maxDigits bounds the conversion of long integers, which takes more than
// linear time. Python stops at 4300 digits, too.
const maxDigits = 4300

// parseInteger reads the decimal form, strictly: an optional minus and digits.
// (Python's int() also takes spaces, plus signs and underscores, and so turns
// some foreign bytes into numbers.)
func parseInteger(b []byte) (any, bool) {
	n := len(b)
	if n == 0 || n > maxDigits || b[0] != '-' && (b[0] < '0' || b[0] > '9') {
		return nil, false
	}
	digits := b
	negative := b[0] == '-'
	if negative {
		digits = b[1:]
	}
	if len(digits) == 0 {
		return nil, false
	}
	var small int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return nil, false
		}
		small = small*10 + int64(c-'0') // wraps around only where it is not used
	}
	if len(digits) <= 18 {
		if negative {
			small = -small
		}
		return small, true
	}
	big, ok := new(big.Int).SetString(string(b), 10)
	if !ok {
		return nil, false
	}
	if big.IsInt64() {
		return big.Int64(), true
	}
	return big, true
}
