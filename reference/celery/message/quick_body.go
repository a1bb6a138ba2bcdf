package message

import (
	"encoding/base64"

	"github.com/redkit-dev/redkit/reference/pyjson"
)

// content reads [args, kwargs, embed] out of the body.
func (q *quick) content() bool {
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	data, err := base64.StdEncoding.AppendDecode((*scratch)[:0], []byte(q.body))
	if *scratch = keep(data); err != nil {
		return false
	}
	if data, err = decompress(data, q.compression); err != nil {
		return false
	}
	q.in = pyjson.NewCursor(data)
	var args, kwargs any
	for i, part := range []*any{&args, &kwargs} {
		var ok bool
		if !q.in.Byte("[,"[i]) {
			return false
		}
		if *part, ok = q.in.Value(); !ok {
			return false
		}
		*part = Unwrap(*part)
	}
	var isList, isObject bool
	q.t.Args, isList = args.([]any)
	q.t.Kwargs, isObject = kwargs.(map[string]any)
	return isList && isObject && q.in.Byte(',') && q.object((*quick).embedded) && q.in.Byte(']') && q.in.End()
}

func (q *quick) embedded(key string) bool {
	v, ok := q.in.Value()
	if !ok {
		return false
	}
	v = Unwrap(v)
	switch key {
	case "callbacks":
		q.t.Callbacks = signatures(v)
		return q.once(mCallbacks)
	case "errbacks":
		q.t.Errbacks = signatures(v)
		return q.once(mErrbacks)
	case "chain":
		q.t.Chain, _ = v.([]any)
		return q.once(mChain)
	case "chord":
		q.t.Chord = v
		return q.once(mChord)
	}
	return false
}
