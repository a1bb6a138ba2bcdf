package malformed

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// A node is a JSON value that may be written wrongly: with a scalar that is
// none, a key twice, or text that should hold another value and does not.
type node struct {
	kind  kind
	text  string   // of a scalar, as it is written
	keys  []string // of an object, as they are written
	items []*node  // of a list or object; the one inside of what is packed
}

type kind int

const (
	scalar kind = iota
	list
	object
	packedJSON // text in base64 of another value
	packedZlib // the same, compressed
)

// parse makes a node of what is JSON, with its keys sorted.
func parse(text string) *node {
	var v any
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(fmt.Sprintf("parse %s: %v", text, err)) // a text of this package
	}
	return nodeOf(v)
}

func nodeOf(v any) *node {
	switch v := v.(type) {
	case []any:
		n := &node{kind: list}
		for _, item := range v {
			n.items = append(n.items, nodeOf(item))
		}
		return n
	case map[string]any:
		n := &node{kind: object}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			n.keys, n.items = append(n.keys, strconv.Quote(k)), append(n.items, nodeOf(v[k]))
		}
		return n
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read a moment ago
	}
	return &node{text: string(text)}
}

// write appends the node as Python's json would write it.
func (n *node) write(b *bytes.Buffer) {
	switch n.kind {
	case scalar:
		b.WriteString(n.text)
	case list, object:
		open, shut := "[", "]"
		if n.kind == object {
			open, shut = "{", "}"
		}
		b.WriteString(open)
		for i, item := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			if n.kind == object {
				fmt.Fprintf(b, "%s: ", n.keys[i])
			}
			item.write(b)
		}
		b.WriteString(shut)
	default:
		var inside bytes.Buffer
		n.items[0].write(&inside)
		data := inside.Bytes()
		if n.kind == packedZlib {
			data = deflate(data)
		}
		b.WriteString(`"` + base64.StdEncoding.EncodeToString(data) + `"`)
	}
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// clone copies all that is below.
func (n *node) clone() *node {
	c := &node{kind: n.kind, text: n.text, keys: slices.Clone(n.keys)}
	for _, item := range n.items {
		c.items = append(c.items, item.clone())
	}
	return c
}

// all lists the node and what is below, parents first.
func (n *node) all() []*node {
	found := []*node{n}
	for _, item := range n.items {
		found = append(found, item.all()...)
	}
	return found
}
