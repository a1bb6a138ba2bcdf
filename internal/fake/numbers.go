package fake

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// number reads an integer as Redis stores them: no sign but a minus, no
// leading zeros or blanks.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

// parseInt is number with an error in place of ok.
func parseInt(s string) (int64, error) {
	n, ok := number(s)
	if !ok {
		return 0, strconv.ErrSyntax
	}
	return n, nil
}

// atoi is parseInt for an int.
func atoi(s string) (int, error) {
	n, err := parseInt(s)
	return int(n), err
}

// float reads a score as strtod does, hexadecimal ones included. What is too
// great or too small for a double is no score; neither are NaN, nothing and
// blanks.
func float(s string) (float64, bool) {
	hex := strings.ContainsAny(s, "xX")
	if hex && !strings.ContainsAny(s, "pP") {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || strings.Contains(s, "_") {
		return 0, false
	}
	return f, f != 0 || hex || isZero(s)
}

// isZero reports whether a number is 0, and not only too small for its type.
func isZero(s string) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	return !strings.ContainsAny(mantissa, "123456789")
}

// rangeFloat reads an end of a range of scores: nothing is 0, what is too
// great is infinite, and hexadecimal is not known.
func rangeFloat(s string) (float64, bool) {
	if s == "" {
		return 0, true
	}
	f, err := strconv.ParseFloat(s, 64)
	bad := err != nil && !errors.Is(err, strconv.ErrRange)
	return f, !bad && !math.IsNaN(f) && !strings.ContainsAny(s, "_xX")
}

// The least and the first number too great that a long double of 80 bits
// holds, as powers of two.
const (
	longDoubleMin = -16445
	longDoubleMax = 16384
)

// decimal reads a number as precisely as Redis' long double.
func decimal(s string) (*big.Float, bool) {
	base := 10
	if strings.ContainsAny(s, "xX") {
		base = 0
	} else if strings.ContainsAny(s, "pP") {
		return nil, false
	}
	if s == "" || strings.Contains(s, "_") {
		return nil, false
	}
	if strings.EqualFold(strings.TrimLeft(s, "+-"), "infinity") {
		s = s[:len(s)-len("inity")]
	}
	f, _, err := big.ParseFloat(strings.ToLower(s), base, 64, big.ToNearestEven)
	if err != nil {
		return nil, false
	}
	exp := f.MantExp(nil)
	return f, f.IsInf() || f.Sign() == 0 || exp > longDoubleMin && exp <= longDoubleMax
}

// decimalText writes it with 17 digits behind the point at most.
func decimalText(f *big.Float) string {
	s := f.Text('f', 17)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}
