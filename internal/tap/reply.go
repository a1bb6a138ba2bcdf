package tap

import "strconv"

// Reply is what is kept of an answer.
type Reply struct {
	Type byte   // first byte on the wire: + - : $ * and the RESP3 ones; 0 if none came
	Text string // the line of + - : , # ( and errors, shortened; empty for the others
	Len  int    // bytes of a string, elements of an array or map, -1 for nil
	Size int    // bytes on the wire
}

// maxText is how much of a status or error line is kept.
const maxText = 160

// A replyScanner finds where replies end in a stream it is fed in pieces.
type replyScanner struct {
	line  []byte // what has come of a header line
	open  []int  // elements still to come, per open aggregate
	bulk  int    // bytes of the current string still to come, its CRLF included
	size  int
	typ   byte
	text  []byte
	count int

	elem  int    // top-level elements finished, to know pub/sub messages
	word  []byte // beginning of the first element, if a string
	tally int    // last integer at the top level
}

// idle reports whether the scanner stands between two replies.
func (s *replyScanner) idle() bool { return s.size == 0 }

// reply describes the reply that scan has just finished.
func (s *replyScanner) reply() Reply {
	return Reply{Type: s.typ, Text: string(s.text), Len: s.count, Size: s.size}
}

func (s *replyScanner) forget() {
	s.size, s.typ, s.text, s.count = 0, 0, s.text[:0], 0
	s.elem, s.word, s.tally = 0, s.word[:0], 0
}

// scan consumes p up to the end of one reply and reports whether it got there.
// The caller reads the scanner's fields, then calls forget.
func (s *replyScanner) scan(p []byte) (n int, done bool, err error) {
	for n < len(p) {
		if s.bulk > 0 {
			take := min(s.bulk, len(p)-n)
			if s.elem == 0 && len(s.open) == 1 && len(s.word) < 16 {
				s.word = append(s.word, p[n:n+min(take, max(0, s.bulk-2), 16-len(s.word))]...)
			}
			n, s.bulk, s.size = n+take, s.bulk-take, s.size+take
			if s.bulk > 0 {
				break
			}
			if s.value() {
				return n, true, nil
			}
			continue
		}
		line, used := takeLine(&s.line, p[n:])
		n, s.size = n+used, s.size+used
		if line == nil {
			break
		}
		done, err := s.header(line)
		s.line = s.line[:0]
		if done || err != nil {
			return n, done, err
		}
	}
	return n, false, nil
}

func (s *replyScanner) header(line []byte) (done bool, err error) {
	if len(line) == 0 {
		return false, errNotRESP
	}
	first := s.typ == 0
	if first {
		s.typ = line[0]
	}
	switch line[0] {
	case '+', '-', ':', ',', '#', '(', '_':
		if first {
			s.text = append(s.text[:0], line[1:min(len(line), maxText+1)]...)
			if line[0] == '_' {
				s.count = -1
			}
		} else if line[0] == ':' && len(s.open) == 1 {
			s.tally, _ = strconv.Atoi(string(line[1:]))
		}
		return s.value(), nil
	case '$', '=', '!', '*', '~', '>', '%', '|':
		return s.sized(line, first)
	}
	return false, errNotRESP
}

// sized takes the header of a value that says how long it is.
func (s *replyScanner) sized(line []byte, first bool) (done bool, err error) {
	n, err := number(line, line[0])
	if err != nil {
		return false, err
	}
	if first {
		s.count = n
	}
	switch line[0] {
	case '$', '=', '!':
		if n < 0 {
			return s.value(), nil
		}
		s.bulk = n + 2
		return false, nil
	case '%':
		n *= 2
	case '|': // an attribute precedes its value: its pairs, then the value itself
		n = 2*n + 1
	}
	if n <= 0 {
		return s.value(), nil
	}
	s.open = append(s.open, n)
	return false, nil
}

// value closes one value and the aggregates it completes; true at the end of the reply.
func (s *replyScanner) value() bool {
	for len(s.open) > 0 {
		top := len(s.open) - 1
		if top == 0 {
			s.elem++
		}
		if s.open[top]--; s.open[top] > 0 {
			return false
		}
		s.open = s.open[:top]
	}
	return true
}
