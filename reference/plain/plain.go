// Package plain describes the data that Go and Python processes exchange
// through caches and brokers: what pickle, MessagePack and JSON write without
// running anybody's code.
//
// The canonical Go types are nil, bool, int64, [*big.Int] beyond 64 bits,
// float64, string, []byte, []any for a list, map[string]any for a dictionary
// with text keys, [time.Time] for an aware datetime, and the types of this
// package for what Go has no word for. [Normalize] turns what a Go program has
// at hand into them.
package plain

import "time"

// A Tuple is Python's tuple.
type Tuple []any

// A Set is Python's set. Its order is the order in which codecs write it; it
// means nothing else.
type Set []any

// A FrozenSet is Python's frozenset.
type FrozenSet []any

// A Dict is a dictionary in its insertion order, or with keys that are not all
// text. map[string]any is written with its keys sorted.
type Dict []Item

// An Item is one entry of a Dict.
type Item struct{ Key, Value any }

// A Decimal is the text of Python's decimal.Decimal.
type Decimal string

// A UUID is Python's uuid.UUID.
type UUID [16]byte

// A Naive is Python's datetime without a time zone: the wall clock, kept as if
// it were UTC, to the microsecond.
type Naive struct{ time.Time }

// A Date is Python's datetime.date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// A Duration of Python (timedelta) is time.Duration; it is read back only
// where it fits, to the microsecond.
type Duration = time.Duration

// Get returns the value under a text key, as indexing a map would.
func (d Dict) Get(key string) (any, bool) {
	for _, item := range d {
		if k, ok := item.Key.(string); ok && k == key {
			return item.Value, true
		}
	}
	return nil, false
}
