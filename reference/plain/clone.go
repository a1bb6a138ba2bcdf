package plain

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
)

// Clone returns a deep copy of canonical data: what Normalize or a codec of
// the reference packages returned. Other values are returned as they are.
func Clone(v any) any {
	switch v := v.(type) {
	case []byte:
		return CloneBytes(v)
	case *big.Int:
		return new(big.Int).Set(v)
	case []any:
		return cloneSlice(v)
	case Tuple:
		return Tuple(cloneSlice(v))
	case Set:
		return Set(cloneSlice(v))
	case FrozenSet:
		return FrozenSet(cloneSlice(v))
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = Clone(e)
		}
		return out
	case Dict:
		out := make(Dict, len(v))
		for i, item := range v {
			out[i] = Item{Clone(item.Key), Clone(item.Value)}
		}
		return out
	}
	return v
}

func cloneSlice(v []any) []any {
	out := make([]any, len(v))
	for i, e := range v {
		out[i] = Clone(e)
	}
	return out
}

// sort orders a Dict that came from a Go map, so that it is written alike
// every time: integers by value, everything else by its text.
func (d Dict) sort() {
	slices.SortFunc(d, func(a, b Item) int {
		if x, ok := a.Key.(int64); ok {
			if y, ok := b.Key.(int64); ok {
				return cmp.Compare(x, y)
			}
		}
		return cmp.Compare(fmt.Sprintf("%T%v", a.Key, a.Key), fmt.Sprintf("%T%v", b.Key, b.Key))
	})
}

// mapped is d as a map if all its keys are text.
func (d Dict) mapped() any {
	text := make(map[string]any, len(d))
	for _, item := range d {
		k, ok := item.Key.(string)
		if !ok {
			return d
		}
		text[k] = item.Value
	}
	return text
}
