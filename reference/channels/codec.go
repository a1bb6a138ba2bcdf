package channels

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redkit-dev/redkit/reference/msgpack"
	"github.com/redkit-dev/redkit/reference/plain"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// A Serializer names how messages are written.
type Serializer string

// The serializers that channels_redis has.
const (
	MessagePack Serializer = "msgpack" // text and bytes apart; integers up to 64 bits
	JSON        Serializer = "json"    // as Python's json.dumps writes it: no bytes. Since channels_redis 4.2.
)

// A codec writes and reads the members of a queue, or what is published.
type codec struct {
	serializer Serializer
	random     int // bytes in front
	keys       []fernetKey
	age        time.Duration // of the oldest token that is read; 0 means any
}

// pack writes a message for these channels: none, a text or a list of texts.
func (c codec) pack(msg Message, channels any, now time.Time) ([]byte, error) {
	if _, taken := msg[reserved]; taken {
		return nil, fmt.Errorf("%w: it holds the reserved key %s", ErrMessage, reserved)
	}
	dict := make(plain.Dict, 0, len(msg)+1)
	for _, k := range slices.Sorted(maps.Keys(msg)) {
		v, err := plain.Normalize(msg[k])
		if err == nil {
			err = c.check(v)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %w", ErrMessage, k, err)
		}
		dict = append(dict, plain.Item{Key: k, Value: v})
	}
	if channels != nil {
		dict = append(dict, plain.Item{Key: reserved, Value: channels})
	}
	body, err := c.marshal(dict)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	if len(c.keys) > 0 {
		body = c.keys[0].seal(body, now)
	}
	out := make([]byte, c.random, c.random+len(body))
	rand.Read(out) // never fails
	return append(out, body...), nil
}

func (c codec) marshal(dict plain.Dict) ([]byte, error) {
	if c.serializer != JSON {
		return msgpack.Marshal(dict)
	}
	// A Dict keeps the order in MessagePack; JSON is written piece by piece.
	out := []byte{'{'}
	for i, item := range dict {
		if i > 0 {
			out = append(out, ", "...)
		}
		var err error
		if out, err = pyjson.AppendString(out, item.Key.(string)); err != nil {
			return nil, err
		}
		if out, err = pyjson.Append(append(out, ": "...), item.Value); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// check finds what would be written and could not be read by Python: keys
// that are no text, and in JSON bytes.
func (c codec) check(v any) error {
	switch v := v.(type) {
	case []byte:
		if c.serializer == JSON {
			return fmt.Errorf("JSON has no bytes: encode them as text, or use MessagePack")
		}
	case []any:
		for i, e := range v {
			if err := c.check(e); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	case plain.Tuple:
		return c.check([]any(v))
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if err := c.check(v[k]); err != nil {
				return fmt.Errorf("[%q]: %w", k, err)
			}
		}
	case plain.Dict:
		for _, item := range v {
			switch item.Key.(type) {
			case string, []byte:
			default:
				return fmt.Errorf("key %v is %T: want text, as Python reads no other keys", item.Key, item.Key)
			}
			if err := c.check(item.Value); err != nil {
				return fmt.Errorf("[%v]: %w", item.Key, err)
			}
		}
	}
	return nil
}

// unpack reads a message, and the channels it is for; nil if it does not say.
func (c codec) unpack(raw []byte, now time.Time) (Message, []string, error) {
	if len(raw) < c.random {
		return nil, nil, fmt.Errorf("%w: %d bytes: want %d random ones before the message", ErrCorrupt, len(raw), c.random)
	}
	body := raw[c.random:]
	if len(c.keys) > 0 {
		var err error
		if body, err = open(c.keys, body, now, c.age); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	}
	read := msgpack.Unmarshal
	if c.serializer == JSON {
		read = pyjson.Decode
	}
	v, err := read(body)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	msg, ok := v.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("%w: it is %T: want a map with text keys", ErrCorrupt, v)
	}
	var channels []string
	switch names := msg[reserved].(type) {
	case nil:
	case string:
		channels = []string{names}
	case []any:
		for _, n := range names {
			if s, ok := n.(string); ok {
				channels = append(channels, s)
			}
		}
	}
	delete(msg, reserved)
	return msg, channels, nil
}
