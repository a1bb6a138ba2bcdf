package devenv

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as redis.conf writes maxmemory. Zero
// means no limit.
type Size int64

// sizeUnits holds the units of redis.conf: "mb" is 1024 squared, "m" 1000 squared.
var sizeUnits = []struct {
	name  string
	bytes int64
}{{"gb", 1 << 30}, {"mb", 1 << 20}, {"kb", 1 << 10}, {"g", 1e9}, {"m", 1e6}, {"k", 1e3}, {"b", 1}, {"", 1}}

// ParseSize reads a number of bytes with a unit of redis.conf: 128mb, 1gb, 64k.
func ParseSize(text string) (Size, error) {
	lower := strings.ToLower(text)
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(lower, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 62)
		if err != nil || n > uint64(math.MaxInt64/u.bytes) {
			break
		}
		return Size(int64(n) * u.bytes), nil
	}
	return 0, fmt.Errorf("size %q: want a whole number with b, k, kb, m, mb, g or gb, as 128mb", printable(text))
}

// String returns the size in the largest unit that divides it, as 128mb.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if s != 0 && int64(s)%u.bytes == 0 && u.name != "b" {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return "0"
}
