package resp

import (
	"math"
	"strconv"
	"strings"
)

// A Writer appends replies to a byte slice. The kinds that RESP2 lacks
// (maps, sets, doubles, booleans, nulls, pushes) are written in its terms,
// as Redis does, unless RESP3 is set. The zero value writes RESP2.
type Writer struct {
	RESP3 bool
	buf   []byte
}

// Bytes is what has been written since the last Reset. It is valid until the
// next call of a method.
func (w *Writer) Bytes() []byte { return w.buf }

// Len is the number of bytes written since the last Reset.
func (w *Writer) Len() int { return len(w.buf) }

// Reset forgets what has been written. Memory above 64 KiB is let go.
func (w *Writer) Reset() {
	if cap(w.buf) > 64<<10 {
		w.buf = nil
	}
	w.buf = w.buf[:0]
}

// Truncate forgets all but the first n bytes.
func (w *Writer) Truncate(n int) { w.buf = w.buf[:n] }

// Raw appends bytes that are RESP already.
func (w *Writer) Raw(b []byte) { w.buf = append(w.buf, b...) }

// Write makes a Writer an io.Writer of raw bytes. It never fails.
func (w *Writer) Write(b []byte) (int, error) {
	w.buf = append(w.buf, b...)
	return len(b), nil
}

// Simple writes +s. Line ends in s become blanks, as in an error.
func (w *Writer) Simple(s string) { w.text(Simple, s) }

// OK writes +OK.
func (w *Writer) OK() { w.buf = append(w.buf, "+OK\r\n"...) }

// Error writes -s; s starts with a code, as "ERR ".
func (w *Writer) Error(s string) { w.text(Error, s) }

func (w *Writer) text(k Kind, s string) {
	if strings.ContainsAny(s, "\r\n") {
		s = strings.NewReplacer("\r", " ", "\n", " ").Replace(s)
	}
	w.buf = append(w.buf, byte(k))
	w.buf = append(w.buf, s...)
	w.buf = append(w.buf, '\r', '\n')
}

func (w *Writer) head(k Kind, n int64) {
	w.buf = append(w.buf, byte(k))
	w.buf = strconv.AppendInt(w.buf, n, 10)
	w.buf = append(w.buf, '\r', '\n')
}

// Int writes :n.
func (w *Writer) Int(n int64) { w.head(Int, n) }

// Bulk writes a bulk string.
func (w *Writer) Bulk(s string) {
	w.head(Bulk, int64(len(s)))
	w.buf = append(w.buf, s...)
	w.buf = append(w.buf, '\r', '\n')
}

// Bulks writes an array of bulk strings.
func (w *Writer) Bulks(s ...string) {
	w.Array(len(s))
	for _, e := range s {
		w.Bulk(e)
	}
}

// Verbatim writes text with a three-letter format, a bulk string in RESP2.
func (w *Writer) Verbatim(format, s string) {
	if !w.RESP3 {
		w.Bulk(s)
		return
	}
	w.head(Verbatim, int64(len(s)+4))
	w.buf = append(w.buf, format...)
	w.buf = append(w.buf, ':')
	w.buf = append(w.buf, s...)
	w.buf = append(w.buf, '\r', '\n')
}

// Null writes _, in RESP2 a null bulk string.
func (w *Writer) Null() { w.null("$-1\r\n") }

// NullArray writes _, in RESP2 a null array.
func (w *Writer) NullArray() { w.null("*-1\r\n") }

func (w *Writer) null(resp2 string) {
	if w.RESP3 {
		resp2 = "_\r\n"
	}
	w.buf = append(w.buf, resp2...)
}

// Bool writes #t or #f, in RESP2 the integers 1 and 0.
func (w *Writer) Bool(b bool) {
	switch {
	case w.RESP3 && b:
		w.buf = append(w.buf, "#t\r\n"...)
	case w.RESP3:
		w.buf = append(w.buf, "#f\r\n"...)
	case b:
		w.Int(1)
	default:
		w.Int(0)
	}
}

// Double writes ,f with the fewest digits that name f, in RESP2 as a bulk
// string.
func (w *Writer) Double(f float64) {
	s := FormatDouble(f)
	if !w.RESP3 {
		w.Bulk(s)
		return
	}
	w.buf = append(w.buf, byte(Double))
	w.buf = append(w.buf, s...)
	w.buf = append(w.buf, '\r', '\n')
}

// FormatDouble is the text of f as Redis 7.2 and newer print it: a whole
// number that an int64 holds as one, anything else with the fewest digits that
// name it, and with an exponent where its point lies far from the last digit.
func FormatDouble(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	case f == 0 && math.Signbit(f):
		return "-0"
	case f == math.Trunc(f) && math.Abs(f) <= math.MaxInt64/2:
		return strconv.FormatInt(int64(f), 10)
	}
	text, power, _ := strings.Cut(strconv.FormatFloat(math.Abs(f), 'e', -1, 64), "e")
	digits := strings.Replace(text, ".", "", 1)
	first, _ := strconv.Atoi(power) // the power of ten of the first digit
	last := first - len(digits) + 1 // and of the last
	far := max(first, -first)
	sign := ""
	if f < 0 {
		sign = "-"
	}
	switch {
	case last >= 0 && far < len(digits)+7:
		return sign + digits + strings.Repeat("0", last)
	case last < 0 && (last > -7 || far < 4):
		if first < 0 {
			return sign + "0." + strings.Repeat("0", -first-1) + digits
		}
		return sign + digits[:first+1] + "." + digits[first+1:]
	}
	if first > 0 {
		return sign + text + "e+" + strconv.Itoa(first)
	}
	return sign + text + "e" + strconv.Itoa(first)
}

// Array starts an array of n values, which must follow.
func (w *Writer) Array(n int) { w.head(Array, int64(n)) }

// Map starts a map of n pairs, in RESP2 an array of 2n values.
func (w *Writer) Map(n int) { w.aggregate(Map, n, 2*n) }

// Set starts a set of n values, in RESP2 an array.
func (w *Writer) Set(n int) { w.aggregate(Set, n, n) }

// Push starts an out-of-band message of n values, in RESP2 an array.
func (w *Writer) Push(n int) { w.aggregate(Push, n, n) }

func (w *Writer) aggregate(k Kind, n, resp2 int) {
	if !w.RESP3 {
		w.Array(resp2)
		return
	}
	w.head(k, int64(n))
}

// AppendCommand appends a request, an array of bulk strings, to b.
func AppendCommand(b []byte, args ...string) []byte {
	w := Writer{buf: b}
	w.Bulks(args...)
	return w.buf
}

// Swap returns what has been written and goes on writing into spare, which
// may be nil.
func (w *Writer) Swap(spare []byte) []byte {
	b := w.buf
	w.buf = spare[:0]
	return b
}
