package tap

import "slices"

// Limits of what is kept of a command that nobody but the ring looks at.
const (
	shortArgs  = 8
	shortBytes = 48
	longBytes  = 64 << 10
)

// A packed holds the arguments of one command in one buffer that is used again
// and again, so that watching costs no allocation.
type packed struct {
	buf  []byte
	ends []int // end of each kept argument in buf
	args int   // how many arguments the command has
	cut  bool  // an argument was shortened
	long bool  // somebody wants whole arguments
}

func (p *packed) reset(long bool) {
	p.buf, p.ends, p.args, p.cut, p.long = p.buf[:0], p.ends[:0], 0, false, long
}

// begin opens the next argument.
func (p *packed) begin() {
	p.args++
	if p.kept() {
		p.ends = append(p.ends, len(p.buf))
	}
}

// add appends to the argument that begin opened, as far as it is kept.
func (p *packed) add(b []byte) {
	if !p.kept() {
		return
	}
	limit := shortBytes
	if p.long {
		limit = longBytes
	}
	last := len(p.ends) - 1
	if room := limit - (p.ends[last] - p.start(last)); len(b) > room {
		b, p.cut = b[:room], true
	}
	p.buf = append(p.buf, b...)
	p.ends[last] = len(p.buf)
}

func (p *packed) kept() bool { return p.long || p.args <= shortArgs }

func (p *packed) start(i int) int {
	if i == 0 {
		return 0
	}
	return p.ends[i-1]
}

// at returns the bytes of argument i, nil if it was not kept.
func (p *packed) at(i int) []byte {
	if i >= len(p.ends) {
		return nil
	}
	return p.buf[p.start(i):p.ends[i]]
}

func (p *packed) strings() []string {
	out := make([]string, len(p.ends))
	for i := range p.ends {
		out[i] = string(p.at(i))
	}
	return out
}

// copyTo makes q the same as p, reusing q's memory.
func (p *packed) copyTo(q *packed) {
	q.buf = append(q.buf[:0], p.buf...)
	q.ends = append(q.ends[:0], p.ends...)
	q.args, q.cut, q.long = p.args, p.cut, p.long
	if cap(q.buf) > shortArgs*shortBytes*2 && len(q.buf) <= shortArgs*shortBytes {
		q.buf = slices.Clip(q.buf) // a long command must not pin its memory in the ring
	}
}

// is reports whether argument i equals the upper-case ASCII word, in any case.
func (p *packed) is(i int, word string) bool {
	b := p.at(i)
	if len(b) != len(word) {
		return false
	}
	for j, c := range b {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != word[j] {
			return false
		}
	}
	return true
}
