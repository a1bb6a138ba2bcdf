package layertest

import (
	"encoding/hex"
)

func serializeRows() []row {
	return []row{
		{ID: "LAYER-SER-001", Needs: needs{opening, Serializes}, Says: "A layer with JSON MUST exchange messages with another one, with all types of their values but bytes.", Why: "L: serializer_format, since 4.2", Check: check(func(k *kit) {
			a, b := k.open(Settings{Serializer: "json"}), k.open(Settings{Serializer: "json"})
			want := Message{"type": "t", "text": "é", "int": int64(-5), "float": 1.5, "none": nil, "yes": true, "list": []any{int64(1), "x"}, "map": map[string]any{"k": int64(2)}}
			own := b.newChannel()
			b.add("g", own)
			a.send(own, want)
			a.groupSend("g", want)
			b.holds(own, want, want)
		})},
		{ID: "LAYER-SER-002", Needs: needs{opening, Serializes}, Says: "A layer with JSON MUST refuse bytes, and not send the message.", Why: "L: JSON has none", Check: check(func(k *kit) {
			a := k.open(Settings{Serializer: "json"})
			own := a.newChannel()
			a.try(own, Message{"type": "t", "b": []byte{1}}).fails(ErrInvalid)
			a.try(own, Message{"type": "t", "l": []any{[]byte{1}}}).fails(ErrInvalid)
			a.holds(own)
		})},
		{ID: "LAYER-SER-003", Profile: "wire", Needs: needs{opening, Serializes, serving, Queues}, Says: "JSON MUST be written as Python's json.dumps does: blanks after commas and colons, ASCII alone.", Why: "L serializers", Check: check(func(k *kit) {
			k.open(Settings{Serializer: "json"}).send("jobs", Message{"u": []any{"é", int64(1), 1.0, nil, true}})
			k.body("asgijobs", hex.EncodeToString([]byte(`{"u": ["\u00e9", 1, 1.0, null, true]}`)))
		})},
		{ID: "LAYER-SER-004", Profile: "wire", Needs: needs{opening, Serializes, serving, Queues}, Says: "Any JSON MUST be read.", Why: "other writers", Check: check(func(k *kit) {
			b := k.open(Settings{Serializer: "json"})
			k.inject("asgijobs", k.now()-1, hex.EncodeToString([]byte("{\"a\":\n[1,2.5 , \"\\u00e9\\n\"],\"b\":{}}")))
			b.holds("jobs", Message{"a": []any{int64(1), 2.5, "é\n"}, "b": map[string]any{}})
		})},
	}
}
