package message_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

// reads compares Read with what Decode and Envelope.Task say in two steps.
func reads(t *testing.T, raw []byte) {
	t.Helper()
	want, got := &message.Task{}, &message.Task{Name: "left over", Headers: map[string]any{"left": "over"}}
	wantTag, wantRedelivered := "", false
	e, wantErr := message.Decode(raw)
	if wantErr == nil {
		var read *message.Task
		if read, wantErr = e.Task(); read != nil {
			want = read
		}
		wantTag, wantRedelivered = e.Tag(), e.Redelivered()
	}
	tag, redelivered, err := got.Read(raw)
	if tag != wantTag || redelivered != wantRedelivered || text(err) != text(wantErr) {
		t.Errorf("Read(%q) = %q, %v, %v\nwant %q, %v, %v", raw, tag, redelivered, err, wantTag, wantRedelivered, wantErr)
	}
	if numbered(want); !reflect.DeepEqual(numbered(got), want) {
		t.Errorf("Read(%q) =\n%+v\nwant\n%+v", raw, got, want)
	}
}

// numbered replaces what is not equal to itself in a task.
func numbered(t *message.Task) *message.Task {
	var number func(v any) any
	number = func(v any) any {
		switch v := v.(type) {
		case float64:
			if math.IsNaN(v) {
				return "NaN"
			}
		case []any:
			for i := range v {
				v[i] = number(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = number(v[k])
			}
		}
		return v
	}
	for _, v := range []any{t.Args, t.Kwargs, t.Callbacks, t.Errbacks, t.Chain, t.Stamps, t.Headers} {
		number(v)
	}
	t.Chord, t.Priority = number(t.Chord), number(t.Priority)
	return t
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// variants are the captured message with one thing otherwise.
func variants() []string {
	valid := bodyOf(`[[2, 3], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`)
	deep := strings.Repeat("[", 998) + strings.Repeat("]", 998)
	all := []string{captured, " " + captured + "\n", captured + "x", strings.ReplaceAll(captured, " ", "\t \n"), strings.ReplaceAll(captured, ": ", ":")}
	for _, v := range [][2]string{
		{`"lang": "py"`, `"lang": null`}, {`"lang": "py"`, `"lang": "py", "lang": "go"`}, {`"lang": "py"`, `"lang": 1`}, {`"lang": "py"`, `"lang": "p\u0079é"`},
		{`"lang": "py"`, `"mine": [1, {"a": NaN}]`}, {`"lang": "py"`, `"mine": 1, "mine": 2`}, {`"lang": "py"`, `"m\u0069ne": 2`}, {`"lang": "py"`, `"mine": ` + deep},
		{`"lang": "py"`, `"stamped_headers": ["a"], "stamps": {"a": 1}`}, {`"lang": "py"`, `"stamps": null`}, {`"lang": "py"`, `"redelivered": true`},
		{`"lang": "py"`, `"redelivered": true, "redelivered": false`}, {`"lang": "py"`, `"compression": "zlib"`}, {`"lang": "py"`, `"compression": null`},
		{`"task": "tasks.add"`, `"task": null`}, {`"task": "tasks.add"`, `"task": ""`}, {`"task": "tasks.add", `, ``}, {`"id": "6`, `"id": "", "x": "6`},
		{`"eta": null`, `"eta": "2026-11-22T18:40:45.980534+00:00"`}, {`"eta": null`, `"eta": "soon"`}, {`"eta": null`, `"eta": {"__type__": "datetime", "__value__": "2026-11-22"}`},
		{`"expires": null`, `"expires": "2026-11-22"`}, {`"expires": null`, `"expires": 7`}, {`"group_index": null`, `"group_index": 3`}, {`"group_index": null`, `"group_index": 1.0`},
		{`"retries": 0`, `"retries": 3`}, {`"retries": 0`, `"retries": null`}, {`"retries": 0`, `"retries": "x"`}, {`[null, null]`, `[1.5, 2]`}, {`[null, null]`, `[1]`}, {`[null, null]`, `7`},
		{`"ignore_result": false`, `"ignore_result": true`}, {`"ignore_result": false`, `"ignore_result": 1`},
		{`"priority": 0`, `"priority": "9"`}, {`"priority": 0`, `"priority": 1e400`}, {`"priority": 0`, `"priority": 0, "odd": {}, "odd": []`},
		{`"exchange": "", `, ``}, {`"exchange": ""`, `"exchange": null`}, {`"exchange": ""`, `"redelivered": true, "exchange": "e"`}, {`"exchange": ""`, `"exchange": "", "deep": ` + deep},
		{`"delivery_info": {"exchange": "", "routing_key": "celery"}`, `"delivery_info": {}`}, {`"delivery_info": {`, `"delivery_info": {}, "delivery_info": {`},
		{`"body_encoding": "base64", `, ``}, {`"delivery_tag": "e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe"`, `"delivery_tag": ""`}, {`"application/json"`, `"application/json; charset=utf-8"`},
		{`"application/json"`, `"text/plain"`}, {`"content-type"`, `"Content-Type"`}, {`"content-encoding": "utf-8"`, `"content-encoding": null`}, {`"headers": {`, `"headers": {}, "headers": {`},
		{valid, bodyOf(`[[1], {}]`)}, {valid, bodyOf(`[[1], {}, null]`)}, {valid, bodyOf(`[[1], {}, {}]`)}, {valid, bodyOf(`[[1], {}, {}, 4]`)}, {valid, bodyOf(`[[1], {}, {"x": 1}]`)},
		{valid, bodyOf(`[[1], {}, {}] x`)}, {valid, bodyOf(` [ [ ] , { "a" : [ ] } , { } ] `)}, {valid, bodyOf(`[{"__type__": "bytes", "__value__": "x"}, {}, {}]`)},
		{valid, bodyOf(`[[{"__type__": "base64", "__value__": "AAE="}], {"__type__": "date", "__value__": "2026-11-22"}, {}]`)}, {valid, bodyOf(`[[` + deep + `], {}, {}]`)},
		{valid, bodyOf(`[[{"__type__": "base64", "__value__": "AAE="}], {"a": {"__type__": "decimal", "__value__": "1.5"}}, {"callbacks": {"task": "a"}, "errbacks": [1], "chain": {}, "chord": {"b": 1}}]`)},
		{valid, bodyOf(`[[], {}, {"chain": [], "chain": null}]`)}, {valid, "!!!"}, {valid, ""}, {valid, valid[:8] + `\n` + valid[8:]}, {valid, `\u0057` + valid[1:]}, {`}}`, `}`}, {`{"body"`, `["body"`},
	} {
		all = append(all, strings.Replace(captured, v[0], v[1], 1))
	}
	return all
}

func TestReadIsDecodeAndTask(t *testing.T) {
	t.Parallel()
	for i, raw := range variants() {
		if i > 0 && raw == captured {
			t.Errorf("variant %d changes nothing", i)
		}
		reads(t, []byte(raw))
	}
}

// TestReadIsQuick holds what Celery and Send write to the quick way: the slow
// one takes an allocation for each member and more.
func TestReadIsQuick(t *testing.T) {
	var task message.Task
	raw := []byte(captured)
	if allocs := testing.AllocsPerRun(100, func() {
		if _, _, err := task.Read(raw); err != nil {
			t.Fatal(err)
		}
	}); allocs > 20 {
		t.Errorf("Read takes %v allocations, want no more than 20", allocs)
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range variants() {
		f.Add([]byte(raw), []byte(nil))
	}
	f.Add([]byte(captured), []byte(`[[1], {"a": null}, {"chain": []}]`))
	f.Fuzz(func(t *testing.T, raw, body []byte) {
		reads(t, raw)
		// A body found by mutation would hardly be base64.
		text, err := json.Marshal(bodyOf(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		from := strings.Index(captured, `"W1sy`)
		reads(t, []byte(captured[:from]+string(text)+captured[strings.Index(captured, `, "content-encoding"`):]))
	})
}
