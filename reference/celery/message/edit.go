package message

import "github.com/redkit-dev/redkit/reference/pyjson"

// A span is one member of a JSON object in raw text.
type span struct {
	key      any // a string
	from, to int // of the value
}

// members finds the members of the object that starts at raw[at], which must
// be valid JSON; end is the place of its closing brace.
func members(raw []byte, at int) (found []span, end int) {
	at++
	for at < len(raw) {
		switch raw[at] {
		case '"':
			key := at
			at = skip(raw, at)
			name, err := pyjson.Decode(raw[key:at])
			if err != nil {
				return found, at // not reached: the text has been read before
			}
			for at < len(raw) && raw[at] != ':' {
				at++
			}
			at++
			for at < len(raw) && blank(raw[at]) {
				at++
			}
			from := at
			at = skip(raw, at)
			found = append(found, span{name, from, at})
		case '}':
			return found, at
		default:
			at++
		}
	}
	return found, at
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skip returns the place after the value at raw[at].
func skip(raw []byte, at int) int {
	depth := 0
	for at < len(raw) {
		switch c := raw[at]; c {
		case '"':
			for at++; at < len(raw) && raw[at] != '"'; at++ {
				if raw[at] == '\\' {
					at++
				}
			}
			if depth == 0 {
				return at + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return at
			}
			if depth == 0 {
				return at + 1
			}
		default:
			if depth == 0 && (c == ',' || blank(c)) {
				return at
			}
		}
		at++
	}
	return at
}

// set returns raw with key of the object at raw[at] holding value.
func set(raw []byte, at int, key, value string) []byte {
	found, end := members(raw, at)
	for i := len(found) - 1; i >= 0; i-- {
		if m := found[i]; m.key == key {
			return splice(raw, m.from, m.to, value)
		}
	}
	if len(found) == 0 {
		return splice(raw, end, end, `"`+key+`": `+value)
	}
	last := found[len(found)-1].to
	return splice(raw, last, last, `, "`+key+`": `+value)
}

func splice(raw []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(raw)+len(text))
	return append(append(append(out, raw[:from]...), text...), raw[to:]...)
}

// Redeliver returns raw flagged as delivered before, the way kombu flags what
// it restores: in the headers and in the delivery information. Everything else
// stays as its producer wrote it, byte for byte, so numbers that Go or Lua
// cannot hold survive. A message without headers or delivery information is
// flagged where it can be, and what is not JSON is returned as it is.
func Redeliver(raw []byte) []byte {
	if _, err := pyjson.Decode(raw); err != nil {
		return raw
	}
	raw = setIn(raw, []string{"headers"}, "redelivered", "true")
	return setIn(raw, []string{"properties", "delivery_info"}, "redelivered", "true")
}

// setIn sets key in the object at path, if there is one.
func setIn(raw []byte, path []string, key, value string) []byte {
	at := 0
	for blank(raw[at]) {
		at++
	}
	if raw[at] != '{' {
		return raw
	}
	for _, name := range path {
		found, _ := members(raw, at)
		next := -1
		for _, m := range found {
			if m.key == name && raw[m.from] == '{' {
				next = m.from
			}
		}
		if next < 0 {
			return raw
		}
		at = next
	}
	return set(raw, at, key, value)
}

// FirstItem returns the text of the first item of a JSON array, which must be
// an object.
func FirstItem(array []byte) ([]byte, bool) {
	at, opened := 0, false
	for at < len(array) && (blank(array[at]) || array[at] == '[' && !opened) {
		opened = opened || array[at] == '['
		at++
	}
	if !opened || at >= len(array) || array[at] != '{' {
		return nil, false
	}
	return array[at:skip(array, at)], true
}
