package result

import (
	"fmt"

	"github.com/redkit-dev/redkit/reference/celery/message"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// encode writes a part as Celery does, and the start that names its task.
func (p Part) encode(typed message.Typed) (text, start []byte, err error) {
	value := typed.Wrap(p.Value)
	if p.Error != nil {
		value = p.Error.document(typed)
	}
	if text, err = pyjson.Encode([]any{1, p.TaskID, string(p.State), value}); err != nil {
		return nil, nil, fmt.Errorf("encode chord part of task %s: %w: %w", p.TaskID, ErrEncode, err)
	}
	if start, err = pyjson.Encode([]any{1, p.TaskID}); err != nil {
		return nil, nil, fmt.Errorf("encode chord part of task %s: %w: %w", p.TaskID, ErrEncode, err)
	}
	return text, append(start[:len(start)-1], ", "...), nil
}

func decodePart(text string) (Part, error) {
	v, err := pyjson.Decode([]byte(text))
	if err != nil {
		return Part{}, fmt.Errorf("decode chord part: %w: %w", ErrDecode, err)
	}
	items, _ := v.([]any)
	if len(items) != 4 {
		return Part{}, fmt.Errorf("decode chord part: %w: %d items, want 4", ErrDecode, len(items))
	}
	var p Part
	p.TaskID, _ = items[1].(string)
	state, _ := items[2].(string)
	if p.State = State(state); p.State.Failed() {
		p.Error = readError(items[3])
		p.Error.TaskID = p.TaskID
		return p, nil
	}
	p.Value = message.Unwrap(items[3])
	return p, nil
}

func decodeParts(texts []string) ([]Part, error) {
	parts := make([]Part, len(texts))
	for i, text := range texts {
		var err error
		if parts[i], err = decodePart(text); err != nil {
			return nil, err
		}
	}
	return parts, nil
}
