package tasktest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// queued is the only message of a queue.
func (k *kit) queued(queue string) string {
	k.Helper()
	all := k.depth(queue)
	if len(all) != 1 {
		k.Fatalf("the queue %s holds %d messages, want 1", queue, len(all))
	}
	return all[0]
}

// An envelope is a message as Celery's protocol 2 has it.
type envelope struct {
	Body       string         `json:"body"`
	Headers    map[string]any `json:"headers"`
	Properties map[string]any `json:"properties"`
}

// opened is the only message of a queue and its body.
func (k *kit) opened(queue string) (e envelope, body string) {
	k.Helper()
	text := k.queued(queue)
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		k.Fatalf("the message is no JSON: %v: %s", err, text)
	}
	raw, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		k.Fatalf("the body is no base64: %v: %s", err, e.Body)
	}
	return e, string(raw)
}

// varying are the parts of a message that are the sender's own.
var varying = regexp.MustCompile(`("origin"|"reply_to"|"delivery_tag"): "[^"]+"`)

// message is one in the words of another producer.
func message(headers, body string) string {
	return fmt.Sprintf(`{"body": "%s", "content-encoding": "utf-8", "content-type": "application/json", "headers": %s, "properties": {"delivery_info": {"exchange": "", "routing_key": "celery"}, "body_encoding": "base64", "delivery_tag": "t1"}}`,
		base64.StdEncoding.EncodeToString([]byte(body)), headers)
}

func envelopeRows() []row {
	return []row{
		{ID: "TASK-ENV-001", Profile: "wire", Needs: needs{queues, Waits}, Says: "A task MUST be sent as Celery sends it, byte for byte, but for what is its sender's own and what Celery 5.3 added.",
			Why: "C52 C56: protocol 2", Check: check(func(k *kit) {
				c := call("tasks.add", 2, 3)
				c.ID = "a"
				k.send(c)
				want := `{"body": "W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "go", "task": "tasks.add", "id": "a", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "a", "parent_id": null, "argsrepr": "(2, 3)", "kwargsrepr": "{}", "origin": *, "ignore_result": false}, "properties": {"correlation_id": "a", "reply_to": *, "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": *}}`
				got := varying.ReplaceAllString(k.queued("celery"), "$1: *")
				got = strings.Replace(got, `"lang": "py"`, `"lang": "go"`, 1)
				got = strings.Replace(got, `, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}`, "", 1)
				if got != want {
					k.Errorf("the message is\n\t%s, want\n\t%s", got, want)
				}
			})},
		{ID: "TASK-ENV-002", Profile: "wire", Needs: needs{queues, Waits}, Says: "A time MUST be written in ISO 8601 with an offset, and an expiry also in milliseconds as a property.",
			Why: "C56: eta, expires, expiration", Check: check(func(k *kit) {
				c := call("tasks.add")
				c.Countdown, c.Expires = 30*time.Second, time.Minute
				k.send(c)
				e, _ := k.opened("celery")
				eta, err1 := time.Parse(time.RFC3339, fmt.Sprint(e.Headers["eta"]))
				expires, err2 := time.Parse(time.RFC3339, fmt.Sprint(e.Headers["expires"]))
				if err1 != nil || err2 != nil || expires.Sub(eta) != 30*time.Second || e.Properties["expiration"] != "60000" {
					k.Errorf("eta is %v, expires %v, expiration %v, want two times of RFC 3339 half a minute apart, and 60000", e.Headers["eta"], e.Headers["expires"], e.Properties["expiration"])
				}
			})},
		{ID: "TASK-ENV-003", Profile: "wire", Needs: needs{queues, Waits}, Says: "The limits of a call MUST be written as hard and soft seconds, and its priority as it was given.",
			Why: "C56: timelimit is [hard, soft]", Check: check(func(k *kit) {
				c := call("tasks.add")
				p := 5
				c.Soft, c.Hard, c.Priority = 10*time.Second, 20*time.Second, &p
				k.send(c)
				e, _ := k.opened("celery")
				limits, _ := e.Headers["timelimit"].([]any)
				if len(limits) != 2 || limits[0] != 20.0 || limits[1] != 10.0 || e.Properties["priority"] != 5.0 {
					k.Errorf("timelimit is %v, priority %v, want [20 10] and 5", e.Headers["timelimit"], e.Properties["priority"])
				}
			})},
		{ID: "TASK-ENV-004", Profile: "wire", Needs: needs{queues, Waits}, Says: "A chain MUST be sent as its first task, with the rest in its body, the last first.",
			Why: "C56: embed.chain is reversed", Check: check(func(k *kit) {
				k.send(chain(call("t1", 1), call("t2", 2), call("t3", 3)))
				e, body := k.opened("celery")
				var parts []json.RawMessage
				var embed struct{ Chain []struct{ Task string } }
				_ = json.Unmarshal([]byte(body), &parts)
				if len(parts) == 3 {
					_ = json.Unmarshal(parts[2], &embed)
				}
				if e.Headers["task"] != "t1" || len(embed.Chain) != 2 || embed.Chain[0].Task != "t3" || embed.Chain[1].Task != "t2" {
					k.Errorf("the message is of task %v with the body %s, want t1 with the chain t3, t2", e.Headers["task"], body)
				}
			})},
		{ID: "TASK-ENV-005", Profile: "wire", Needs: needs{queues, Waits}, Says: "A task of a header MUST be sent with its group, its place and the body of the chord.",
			Why: "C56: group, group_index, embed.chord", Check: check(func(k *kit) {
				c := call("t1")
				c.Queue = "one"
				k.send(chord([]Call{call("t0"), c}, call("end")))
				e, body := k.opened("one")
				var parts []json.RawMessage
				var embed struct{ Chord struct{ Task string } }
				_ = json.Unmarshal([]byte(body), &parts)
				if len(parts) == 3 {
					_ = json.Unmarshal(parts[2], &embed)
				}
				if group, ok := e.Headers["group"].(string); !ok || group == "" || e.Headers["group_index"] != 1.0 || embed.Chord.Task != "end" {
					k.Errorf("the headers are %v with the body %s, want a group, the place 1 and the chord end", e.Headers, body)
				}
			})},
		{ID: "TASK-ENV-006", Profile: "wire", Needs: needs{queues}, Says: "A message with the least that a worker of Celery needs MUST be run.",
			Why: "C52 C56: task and id", Check: check(func(k *kit) {
				k.arithmetic()
				k.put("celery", message(`{"task": "sum", "id": "a"}`, `[[1, 2], {}, {}]`))
				k.work()
				k.gives("a", 3)
			})},
		{ID: "TASK-ENV-007", Profile: "wire", Needs: needs{queues}, Says: "A message of protocol 1 MUST be run.",
			Why: "C52 C56 accept it", Check: check(func(k *kit) {
				k.arithmetic()
				k.put("celery", message(`{}`, `{"task": "sum", "id": "a", "args": [1, 2], "kwargs": {}, "retries": 0, "eta": null}`))
				k.work()
				k.gives("a", 3)
			})},
		{ID: "TASK-ENV-008", Profile: "wire", Needs: needs{queues, Buries}, Says: "A message in a serialization that can run code MUST NOT be decoded.",
			Why: "accept_content: never unpickle", Check: check(func(k *kit) {
				k.arithmetic()
				k.put("celery", strings.Replace(message(`{"task": "sum", "id": "a"}`, `[[1, 2], {}, {}]`), "application/json", "application/x-python-serialize", 1))
				k.work()
				k.ran("sum", 0)
				k.dead("")
			})},
		{ID: "TASK-ENV-009", Profile: "wire", Needs: needs{queues, Waits}, Says: "A compressed body MUST be run, whichever of the compressions it has.",
			Why: "C56: zlib, gzip, bzip2, zstd", Check: check(func(k *kit) {
				k.arithmetic()
				for _, kind := range []string{"zlib", "gzip", "bzip2", "zstd"} {
					c := call("sum", 1, 2)
					c.Compression = kind
					s := k.send(c)
					if e, body := k.opened("celery"); e.Headers["compression"] == nil || strings.HasPrefix(body, "[[1") {
						k.Errorf("the message has the compression %v and the body %q, want it compressed", e.Headers["compression"], body)
					}
					k.work()
					k.gives(s.ID, 3)
				}
			})},
	}
}
