package resp

import (
	"bytes"
	"strconv"
)

// A Command is one request of a client. Args[0] is its name, and Args is
// never empty.
type Command struct {
	Args []string
	Raw  []byte // the bytes it came as; only if the Parser keeps them
}

// A Parser takes the bytes of a client as they come and yields its requests:
// arrays of bulk strings, and inline commands as typed into telnet. Requests
// without a name (an empty line, *0, *-1) are passed over, as Redis does.
//
// The zero value is ready, with default limits. A Parser that has returned an
// error goes on returning it.
type Parser struct {
	Limits  Limits
	KeepRaw bool // fill Command.Raw

	buf     []byte // bytes not yet consumed, from the start of a request if KeepRaw
	pos     int    // first byte of buf not yet consumed
	seen    int    // bytes after pos already searched for a line end
	open    bool   // inside an array request
	need    int    // strings the open request still waits for
	bulk    int    // length of the string waited for, if inBulk
	inBulk  bool
	args    []string
	err     error
	limited bool
}

// Feed appends bytes received. The Parser keeps no reference to b.
func (p *Parser) Feed(b []byte) {
	if p.pos > 0 && !p.KeepRaw {
		p.discard()
	}
	p.buf = append(p.buf, b...)
}

// Buffered is the number of bytes fed and not yet returned as a request.
func (p *Parser) Buffered() int { return len(p.buf) - p.pos }

// discard forgets consumed bytes. A buffer that was large for one request is
// let go, so that an idle connection holds little.
func (p *Parser) discard() {
	rest := len(p.buf) - p.pos
	switch {
	case rest == 0 && cap(p.buf) > 64<<10:
		p.buf = nil
	case rest == 0:
		p.buf = p.buf[:0]
	default:
		p.buf = p.buf[:copy(p.buf, p.buf[p.pos:])]
	}
	p.pos = 0
}

// Next returns the next whole request. ok is false when more bytes are needed.
func (p *Parser) Next() (cmd Command, ok bool, err error) {
	if !p.limited {
		p.Limits, p.limited = p.Limits.withDefaults(), true
	}
	for p.err == nil {
		var done bool
		if p.open {
			done, p.err = p.array()
		} else {
			done, p.err = p.begin()
		}
		if p.err != nil || !done {
			break
		}
		cmd, ok = p.finish()
		if ok {
			return cmd, true, nil
		}
	}
	return Command{}, false, p.err
}

// finish hands out the collected request and makes room for the next.
func (p *Parser) finish() (Command, bool) {
	cmd := Command{Args: p.args}
	if p.KeepRaw {
		cmd.Raw = bytes.Clone(p.buf[:p.pos])
		p.discard()
	} else if p.pos == len(p.buf) {
		p.discard()
	}
	p.args, p.open = nil, false
	return cmd, len(cmd.Args) > 0
}

// begin reads the first line of a request; done means a whole request.
func (p *Parser) begin() (done bool, err error) {
	if p.Buffered() == 0 {
		return false, nil
	}
	if p.buf[p.pos] != '*' {
		line, ok, err := p.line("too big inline request")
		if !ok || err != nil {
			return false, err
		}
		p.args, err = SplitInline(string(line))
		return true, err
	}
	line, ok, err := p.line("too big mbulk count string")
	if !ok || err != nil {
		return false, err
	}
	n, err := strconv.ParseInt(string(line[1:]), 10, 64)
	if err != nil || n > int64(p.Limits.Elements) {
		return false, protocolErrorf("invalid multibulk length")
	}
	if n <= 0 {
		return true, nil
	}
	p.open, p.need, p.inBulk = true, int(n), false
	p.args = make([]string, 0, min(n, 64)) // grows with what really arrives
	return p.array()
}

// array reads the strings of an open request.
func (p *Parser) array() (done bool, err error) {
	for p.need > 0 {
		if !p.inBulk {
			if ok, err := p.bulkHeader(); !ok || err != nil {
				return false, err
			}
		}
		if p.Buffered() < p.bulk+2 {
			return false, nil
		}
		p.args = append(p.args, string(p.buf[p.pos:p.pos+p.bulk]))
		p.pos += p.bulk + 2 // Redis does not look at the two bytes either
		p.inBulk = false
		p.need--
	}
	return true, nil
}

func (p *Parser) bulkHeader() (bool, error) {
	line, ok, err := p.line("too big bulk count string")
	if !ok || err != nil {
		return false, err
	}
	if len(line) == 0 || line[0] != '$' {
		first := byte(' ')
		if len(line) > 0 {
			first = line[0]
		}
		return false, protocolErrorf("expected '$', got '%c'", first)
	}
	n, err := strconv.ParseInt(string(line[1:]), 10, 64)
	if err != nil || n < 0 || n > int64(p.Limits.Bulk) {
		return false, protocolErrorf("invalid bulk length")
	}
	p.bulk, p.inBulk = int(n), true
	return true, nil
}

// line consumes one line and returns it without its end, "\n" or "\r\n".
func (p *Parser) line(tooBig string) ([]byte, bool, error) {
	rest := p.buf[p.pos:]
	i := bytes.IndexByte(rest[p.seen:], '\n')
	if i < 0 {
		p.seen = len(rest)
		if p.seen > p.Limits.Inline {
			return nil, false, ProtocolError(tooBig)
		}
		return nil, false, nil
	}
	i += p.seen
	p.seen = 0
	if i > p.Limits.Inline {
		return nil, false, ProtocolError(tooBig)
	}
	p.pos += i + 1
	return bytes.TrimSuffix(rest[:i], []byte{'\r'}), true, nil
}
