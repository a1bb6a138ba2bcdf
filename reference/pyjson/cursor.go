package pyjson

// A Cursor reads one JSON text from its beginning to its end, for callers who
// know what it holds and want to build only that. Its methods report whether
// they found what they are for. After one that did not, the cursor has stopped
// and the text is to be given to Decode, which says what is wrong, if anything
// is. A Cursor is not safe for concurrent use.
type Cursor struct {
	d    decoder
	text string // of d.in: what is read shares its memory
}

// NewCursor returns a cursor at the beginning of data, which it copies.
func NewCursor(data []byte) Cursor {
	return Cursor{d: decoder{in: data}, text: string(data)}
}

// Byte passes a byte, and the white space around it.
func (c *Cursor) Byte(b byte) bool {
	if c.d.pos < len(c.d.in) && c.d.in[c.d.pos] != b {
		c.d.space()
	}
	if c.d.pos >= len(c.d.in) || c.d.in[c.d.pos] != b {
		return false
	}
	if c.d.pos++; c.d.pos < len(c.d.in) && c.d.in[c.d.pos] <= ' ' {
		c.d.space()
	}
	return true
}

// Key reads the key of a member and the colon after it.
func (c *Cursor) Key() (string, bool) {
	s, ok := c.Text()
	return s, ok && c.Byte(':')
}

// Text reads a string.
func (c *Cursor) Text() (string, bool) {
	if !c.at('"') {
		return "", false
	}
	from := c.d.pos + 1
	to := from + unescaped(c.text[from:])
	if to < len(c.text) && c.text[to] == '"' {
		c.d.pos = to + 1
		return c.text[from:to], true
	}
	c.d.pos++
	s, err := c.d.text()
	return s, err == nil
}

// TextOrNull reads a string, or null as the empty one.
func (c *Cursor) TextOrNull() (string, bool) {
	if c.at('n') {
		return "", c.d.word("null")
	}
	return c.Text()
}

// Value reads any value, as Decode does. What it returns shares no memory.
func (c *Cursor) Value() (any, bool) {
	v, err := c.d.value(3) // never deeper than Decode would go for a member of an object in an object in an object
	return v, err == nil
}

// End reports whether nothing but white space follows.
func (c *Cursor) End() bool {
	c.d.space()
	return c.d.pos == len(c.d.in)
}

func (c *Cursor) at(b byte) bool { return c.d.pos < len(c.d.in) && c.d.in[c.d.pos] == b }
