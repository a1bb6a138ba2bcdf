package pyjson

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the rest of a string whose opening quote has been read.
func (d *decoder) text() (string, error) {
	start := d.pos
	for i := start; i < len(d.in); i++ { // the usual string has no escape: one slice, one copy
		switch c := d.in[i]; {
		case c == '"':
			d.pos = i + 1
			if s := string(d.in[start:i]); utf8.ValidString(s) {
				return s, nil
			}
			d.pos = start
			return "", d.fail("a string is not UTF-8")
		case c == '\\':
			return d.escaped(start, i)
		case c < 0x20:
			d.pos = i
			return "", d.fail("a control character stands unescaped in a string")
		}
	}
	d.pos = len(d.in)
	return "", d.fail("a string does not end")
}

func (d *decoder) escaped(start, first int) (string, error) {
	var b strings.Builder
	plain := start
	d.pos = first
	for d.pos < len(d.in) {
		switch c := d.in[d.pos]; {
		case c == '"':
			b.Write(d.in[plain:d.pos])
			d.pos++
			s := b.String()
			if !utf8.ValidString(s) && !generalised(s) {
				return "", d.fail("a string is not UTF-8")
			}
			return s, nil
		case c < 0x20:
			return "", d.fail("a control character stands unescaped in a string")
		case c == '\\':
			b.Write(d.in[plain:d.pos])
			if err := d.escape(&b); err != nil {
				return "", err
			}
			plain = d.pos
		default:
			d.pos++
		}
	}
	return "", d.fail("a string does not end")
}

const escapes = `"\/bfnrt`
const escaped = "\"\\/\b\f\n\r\t"

func (d *decoder) escape(b *strings.Builder) error {
	d.pos++
	if d.pos >= len(d.in) {
		return d.fail("a string does not end")
	}
	c := d.in[d.pos]
	if i := strings.IndexByte(escapes, c); i >= 0 {
		b.WriteByte(escaped[i])
		d.pos++
		return nil
	}
	if c != 'u' {
		return d.fail("unknown escape in a string")
	}
	d.pos++
	r, ok := d.hex4()
	if !ok {
		return d.fail(`want four hexadecimal digits after \u`)
	}
	if utf16.IsSurrogate(r) && r < 0xDC00 {
		save := d.pos
		if d.word(`\u`) {
			if low, ok := d.hex4(); ok && low >= 0xDC00 && low < 0xE000 {
				r = utf16.DecodeRune(r, low)
			} else {
				d.pos = save
			}
		}
	}
	writeRune(b, r)
	return nil
}

func (d *decoder) hex4() (rune, bool) {
	if len(d.in)-d.pos < 4 {
		return 0, false
	}
	var r rune
	for _, c := range d.in[d.pos : d.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	d.pos += 4
	return r, true
}

// writeRune writes r in UTF-8, a lone surrogate in its generalised form.
func writeRune(b *strings.Builder, r rune) {
	if utf16.IsSurrogate(r) {
		b.Write([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
		return
	}
	b.WriteRune(r)
}

// surrogate reads a lone surrogate in its generalised form from the front of s.
func surrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || s[2] < 0x80 || s[2] > 0xBF {
		return 0, false
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), true
}

func generalised(s string) bool {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n <= 1 {
			if _, ok := surrogate(s); !ok {
				return false
			}
			n = 3
		}
		s = s[n:]
	}
	return true
}

const hexDigits = "0123456789abcdef"

func appendUnicode(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// unescaped is how many bytes of s, from its start, stand for themselves in a
// string: ASCII that can be printed, but for the quote and the backslash.
func unescaped(s string) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 { // eight at a time: a top bit tells of one that does not
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, slash := w^('"'*ones), w^('\\'*ones)
		if (w|(w+ones)|(w-' '*ones)|(quote-ones)|(slash-ones))&tops != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7F || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// AppendString appends s quoted as Python's json does with ensure_ascii. It
// fails for bytes that are neither UTF-8 nor a surrogate in generalised form.
func AppendString(dst []byte, s string) ([]byte, error) {
	dst = append(dst, '"')
	plain := 0
	for i := 0; i < len(s); {
		if i += unescaped(s[i:]); i == len(s) {
			break
		}
		c := s[i]
		dst = append(dst, s[plain:i]...)
		n := 1
		switch {
		case c < utf8.RuneSelf:
			if at := strings.IndexByte(escaped, c); at >= 0 {
				dst = append(dst, '\\', escapes[at])
			} else {
				dst = appendUnicode(dst, rune(c))
			}
		default:
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				lone, ok := surrogate(s[i:])
				if !ok {
					return dst, fmt.Errorf("write a JSON string: byte %d is not UTF-8", i)
				}
				r, n = lone, 3
			}
			if r > 0xFFFF {
				high, low := utf16.EncodeRune(r)
				dst = appendUnicode(appendUnicode(dst, high), low)
			} else {
				dst = appendUnicode(dst, r)
			}
		}
		i += n
		plain = i
	}
	return append(append(dst, s[plain:]...), '"'), nil
}
