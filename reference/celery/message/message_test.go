package message_test

import (
	"encoding/base64"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/redkit-dev/redkit/reference/celery/message"
)

// captured is what Celery 5.6 pushed for add.delay(2, 3).
const captured = `{"body": "W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "tasks.add", "id": "6cdac36e-9601-495b-9530-31a12dd758ab", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "6cdac36e-9601-495b-9530-31a12dd758ab", "parent_id": null, "argsrepr": "(2, 3)", "kwargsrepr": "{}", "origin": "gen7140@vm", "ignore_result": false}, "properties": {"correlation_id": "6cdac36e-9601-495b-9530-31a12dd758ab", "reply_to": "51fbe816-dcbd-3092-9849-59980c14c4fc", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe"}}`

func TestEncodeIsByteEqualToCelery(t *testing.T) {
	t.Parallel()
	task := message.Task{ID: "6cdac36e-9601-495b-9530-31a12dd758ab", Name: "tasks.add", Args: []any{2, 3}, Lang: "py",
		Origin: "gen7140@vm", ReplyTo: "51fbe816-dcbd-3092-9849-59980c14c4fc"}
	got, err := task.Encode("", "celery", "e9f7a9eb-0c58-4dd5-91c6-a9654030ddfe")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(captured, string(got)); diff != "" {
		t.Errorf("Encode (-celery +got):\n%s", diff)
	}
}

func TestTaskRoundTrips(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 18, 40, 45, 980534000, time.UTC)
	for _, compression := range []string{"", "zlib", "bzip2", "zstd"} {
		want := &message.Task{ID: "i", Name: "n", Lang: "go", ETA: at, Expires: at.Add(time.Hour), Group: "g", GroupIndex: int64(2), Retries: 3,
			Soft: 1500 * time.Millisecond, Hard: 2 * time.Second, Root: "r", Parent: "p", Origin: "o", ReplyTo: "q", IgnoreResult: true,
			Args: []any{int64(1), "é\x00", math.Inf(1), new(big.Int).Lsh(big.NewInt(1), 70), at, message.Decimal("1.50"), message.Date("2026-11-22"),
				uuid.MustParse("6cdac36e-9601-495b-9530-31a12dd758ab"), []byte{0, 255}},
			Kwargs:    map[string]any{"k": []any{nil, true}, "not a wrapper": map[string]any{"__type__": "datetime", "__value__": "x", "z": nil}},
			Callbacks: []any{map[string]any{"task": "cb"}}, Chain: []any{}, Chord: map[string]any{"task": "body"},
			Headers: map[string]any{"x-own": int64(7)}, Priority: int64(5)}
		send := *want
		send.Compression = compression
		raw, err := send.Encode("ex", "rk", "tag")
		if err != nil {
			t.Fatal(err)
		}
		e, err := message.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Task()
		if err != nil {
			t.Fatalf("compression %q: %v", compression, err)
		}
		got.ArgsRepr, got.KwargsRepr = "", ""
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("compression %q (-want +got):\n%s", compression, diff)
		}
	}
}

func TestEnvelopeKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	raw := strings.NewReplacer(`"lang": "py"`, `"lang": "py", "mine": [NaN, 1208925819614629174706176, {"a": -Infinity}]`,
		`"priority": 0`, `"priority": 255, "odd": 1e400`).Replace(captured)
	e, err := message.Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"mine": [NaN, 1208925819614629174706176, {"a": -Infinity}]`, `"priority": 255`, `"odd": Infinity`} {
		if !strings.Contains(string(again), want) {
			t.Errorf("Encode(Decode(raw)) lacks %s:\n%s", want, again)
		}
	}
	if got := e.Priority(); got != 9 {
		t.Errorf("Priority() of 255 = %d, want 9", got)
	}
}

func TestRedeliverChangesOnlyTheFlags(t *testing.T) {
	t.Parallel()
	flagged := strings.NewReplacer(`"ignore_result": false}`, `"ignore_result": false, "redelivered": true}`,
		`"routing_key": "celery"}`, `"routing_key": "celery", "redelivered": true}`).Replace(captured)
	tests := []struct{ in, want string }{
		{captured, flagged},
		{flagged, flagged},
		{strings.ReplaceAll(flagged, "true", "null"), flagged},
		{`{"headers": {}, "properties": {"delivery_info": {}}, "a": "\"headers\": {"}`, `{"headers": {"redelivered": true}, "properties": {"delivery_info": {"redelivered": true}}, "a": "\"headers\": {"}`},
		{`{"x": {"headers": {}}, "properties": {"n": NaN, "delivery_info": {"exchange": ""}}}`, `{"x": {"headers": {}}, "properties": {"n": NaN, "delivery_info": {"exchange": "", "redelivered": true}}}`},
		{`[1]`, `[1]`}, {``, ``}, {`{"headers": `, `{"headers": `}, {`{`, `{`},
	}
	for _, tt := range tests {
		if got := string(message.Redeliver([]byte(tt.in))); got != tt.want {
			t.Errorf("Redeliver(%s) =\n%s\nwant\n%s", tt.in, got, tt.want)
		}
	}
	e, err := message.Decode([]byte(flagged))
	if err != nil || !e.Redelivered() {
		t.Errorf("Decode(flagged).Redelivered() = %v, %v, want true", e.Redelivered(), err)
	}
}

func bodyOf(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestHostileMessages(t *testing.T) {
	t.Parallel()
	valid := bodyOf(`[[2, 3], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`)
	with := func(old, text string) string {
		out := strings.Replace(captured, old, text, 1)
		if out == captured {
			t.Fatalf("%q is not in the captured message", old)
		}
		return out
	}
	tests := []struct{ raw, reason string }{
		{`hello`, "the message is not JSON: want a value at byte 0"},
		{`{}`, "properties is missing or not an object"},
		{`[1, 2]`, "the message is not a JSON object"},
		{with(`"delivery_tag"`, `"other"`), "properties.delivery_tag is missing"},
		{with(`"exchange": "", `, ``), "properties.delivery_info.exchange is missing"},
		{with(valid, `!!!`), "body is not base64: illegal base64 data at input byte 0"},
		{with(valid, bodyOf(`[[1], {}]`)), "the body is not [args, kwargs, embed]"},
		{with(valid, bodyOf(`[1, 2`)), `the body is not JSON: want "," or "]" at byte 5`},
		{with(valid, bodyOf(`[[], [], {}]`)), "kwargs is not an object"},
		{with(`"task": "tasks.add", `, ``), "headers.task is missing and the body is no task of protocol 1"},
		{with(`"application/json"`, `"application/x-python-serialize"`), `content type "application/x-python-serialize" is not accepted, want application/json`},
		{with(`"eta": null`, `"eta": "soon"`), "eta is not an ISO 8601 time"},
		{with(`"retries": 0`, `"retries": "x"`), "retries is not an integer"},
		{with(`"lang": "py"`, `"compression": "application/x-lzma"`), `the body cannot be decompressed: compression "application/x-lzma": want zlib, gzip, bzip2 or zstd`},
		{with(`"lang": "py"`, `"compression": "application/zstd"`), "the body cannot be decompressed: invalid input: magic number mismatch"},
	}
	for _, tt := range tests {
		e, err := message.Decode([]byte(tt.raw))
		if err == nil {
			_, err = e.Task()
		}
		var bad *message.Malformed
		if !errors.As(err, &bad) || err.Error() != tt.reason {
			t.Errorf("reading %.90s\n\t= %v, want %s", tt.raw, err, tt.reason)
		}
	}
}

func TestProtocol1IsRead(t *testing.T) {
	t.Parallel()
	raw := strings.NewReplacer(captured[strings.Index(captured, `{"lang"`):strings.Index(captured, `, "properties"`)], `{}`,
		captured[10:strings.Index(captured, `", "content-encoding"`)],
		bodyOf(`{"task": "old", "id": "7", "args": [1], "kwargs": {"a": 2}, "retries": 1, "eta": null, "expires": "2026-11-22T00:00:00", "utc": true, "callbacks": null, "errbacks": null, "timelimit": [null, 3], "taskset": "g", "chord": null}`)).Replace(captured)
	e, err := message.Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Task()
	if err != nil {
		t.Fatal(err)
	}
	want := &message.Task{ID: "7", Name: "old", Args: []any{int64(1)}, Kwargs: map[string]any{"a": int64(2)}, Retries: 1, Group: "g", Root: "7",
		Expires: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Soft: 3 * time.Second, ArgsRepr: "(1,)", KwargsRepr: "{'a': 2}",
		ReplyTo: "51fbe816-dcbd-3092-9849-59980c14c4fc", Priority: int64(0)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("protocol 1 (-want +got):\n%s", diff)
	}
}

func TestRepr(t *testing.T) {
	t.Parallel()
	got := message.ReprArgs([]any{nil, true, "it's", `"'`, "é\n\x01\u200b", 1.0, math.NaN(), math.Inf(-1), []any{1}, map[string]any{"b": 1, "a": "x"}})
	want := `(None, True, "it's", '"\'', 'é\n\x01\u200b', 1.0, nan, -inf, [1], {'a': 'x', 'b': 1})`
	if got != want {
		t.Errorf("ReprArgs = %s, want %s", got, want)
	}
	if got := message.ReprArgs([]any{strings.Repeat("x", 1<<20)}); len(got) > 1100 {
		t.Errorf("ReprArgs of a megabyte has %d bytes, want about 1024", len(got))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(captured))
	f.Add([]byte(`{"body": "e30=", "headers": {}, "properties": {"delivery_tag": "t", "delivery_info": {"exchange": "", "routing_key": ""}, "body_encoding": "base64"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		message.Redeliver(raw)
		e, err := message.Decode(raw)
		if err != nil {
			if !errors.As(err, new(*message.Malformed)) {
				t.Fatalf("Decode: %v, want a *Malformed", err)
			}
			return
		}
		if again, err := message.Decode(message.Redeliver(raw)); err != nil || !again.Redelivered() {
			t.Fatalf("a message flagged as redelivered reads as %+v, %v", again, err)
		}
		if _, err := e.Task(); err != nil && !errors.As(err, new(*message.Malformed)) {
			t.Fatalf("Task: %v, want a *Malformed", err)
		}
	})
}
