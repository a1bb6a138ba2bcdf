// Package pyjson reads and writes JSON the way Python's json module does, for
// wire formats that Django, Celery and Channels produce.
//
// Python's dialect differs from encoding/json in what matters on a wire:
// NaN, Infinity and -Infinity are written bare, integers have any size,
// output is ASCII with ", " and ": " between items, floats are printed as
// repr prints them, and a string may hold a lone surrogate. Use encoding/json
// for everything that no Python process reads.
//
// Go values: nil, bool, string, int64, *big.Int (an integer outside int64),
// float64, []any and map[string]any. A lone surrogate is kept in a string as
// its three-byte generalised UTF-8 form, so that it is written back as it was
// read. All functions are safe for concurrent use.
package pyjson
