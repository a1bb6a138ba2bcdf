package tap

import (
	"bytes"
	"errors"
	"strconv"
)

var errNotRESP = errors.New("not the Redis protocol")

// maxLine is how long a header or inline command may grow before the stream is
// held to be something else; Redis itself stops at 64 KiB.
const maxLine = 64 << 10

// maxLength is far above what Redis takes (512 MB), and far below an overflow.
const maxLength = 1 << 40

// A requestScanner finds where requests end in a stream it is fed in pieces.
// It keeps the arguments, shortened, in its packed.
type requestScanner struct {
	packed
	line []byte // what has come of a header line
	left int    // arguments still to come
	bulk int    // bytes of the current argument still to come, its CRLF included
}

// idle reports whether the scanner stands between two requests.
func (s *requestScanner) idle() bool { return s.left == 0 && len(s.line) == 0 }

// scan consumes p up to the end of one request and reports whether it got there.
func (s *requestScanner) scan(p []byte, long bool) (n int, done bool, err error) {
	for n < len(p) {
		if s.bulk > 0 {
			take := min(s.bulk, len(p)-n)
			if text := s.bulk - 2; text > 0 {
				s.add(p[n : n+min(take, text)])
			}
			n, s.bulk = n+take, s.bulk-take
			if s.bulk > 0 {
				break
			}
			if s.left--; s.left == 0 {
				return n, true, nil
			}
			continue
		}
		line, used := takeLine(&s.line, p[n:])
		n += used
		if line == nil {
			if len(s.line) > maxLine {
				return n, false, errNotRESP
			}
			break
		}
		done, err := s.header(line, long)
		s.line = s.line[:0]
		if done || err != nil {
			return n, done, err
		}
	}
	return n, false, nil
}

// header takes a whole line: the count of a request, the length of an argument,
// or a request written in plain words.
func (s *requestScanner) header(line []byte, long bool) (done bool, err error) {
	switch {
	case s.left > 0:
		size, err := number(line, '$')
		if err != nil || size < 0 {
			return false, errNotRESP
		}
		s.begin()
		s.bulk = size + 2
		return false, nil
	case len(line) > 0 && line[0] == '*':
		s.reset(long)
		if s.left, err = number(line, '*'); err != nil {
			return false, err
		}
		s.left = max(s.left, 0) // an empty request: Redis ignores it and so do we
		return false, nil
	default:
		s.reset(long)
		for _, word := range bytes.Fields(line) {
			s.begin()
			s.add(word)
		}
		return s.args > 0, nil
	}
}

// takeLine returns the next line without its end and how much of p it took;
// nil while the line is incomplete, its beginning then kept in *part.
func takeLine(part *[]byte, p []byte) (line []byte, used int) {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		*part = append(*part, p...)
		return nil, len(p)
	}
	line = p[:i]
	if len(*part) > 0 {
		*part = append(*part, line...)
		line = *part
	}
	return bytes.TrimSuffix(line, []byte("\r")), i + 1
}

// number reads a header such as $12, where mark is its first byte.
func number(line []byte, mark byte) (int, error) {
	if len(line) < 2 || line[0] != mark {
		return 0, errNotRESP
	}
	n, err := strconv.Atoi(string(line[1:]))
	if err != nil || n > maxLength {
		return 0, errNotRESP
	}
	return n, nil
}
