// Package malformed holds messages that stop a Celery worker, that one loses
// or that make one fail for ever, and draws more of their kind.
package malformed

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// A Message is one that nobody should have sent, or the least that runs.
type Message struct {
	Name string // what is wrong with it
	Raw  []byte // an element of a queue's list
	// Dead is part of the reason with which it comes to the dead-letter list;
	// "" if it is no matter for that list.
	Dead string
	// Ends is the state in which its run ends where Dead is empty; "" if it
	// waits for its time.
	Ends string
}

// Task is the task that every message of the catalogue is for, if for any that
// exists. Its handler returns its arguments.
const Task = "echo"

const (
	frame      = `{"body": %q, "content-encoding": "utf-8", "content-type": "application/json", "headers": %s, "properties": %s}`
	properties = `{"delivery_tag": "t", "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}`
	headers    = `{"task": "echo", "id": "i"}`
	plain      = `[[1], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`
)

func packed(body string) string { return base64.StdEncoding.EncodeToString([]byte(body)) }

func with(body, headers, properties string) []byte {
	return fmt.Appendf(nil, frame, packed(body), headers, properties)
}

// Catalogue returns, in a new slice, what was found to hurt Celery 5.2 to 5.6,
// and beside each the nearest that runs.
func Catalogue() []Message {
	swap := func(old, new string) string { return strings.Replace(properties, old, new, 1) }
	headed := func(headers string) []byte { return with(plain, headers, properties) }
	bodied := func(body string) []byte { return with(body, headers, properties) }
	return []Message{
		// A Celery worker ends, and the message is gone.
		{Name: "not JSON", Raw: []byte("not JSON"), Dead: "not JSON"},
		{Name: "nothing", Raw: nil, Dead: "not JSON"},
		{Name: "bytes that are no text", Raw: []byte("\x00\xff"), Dead: "not JSON"},
		{Name: "an empty object", Raw: []byte("{}"), Dead: "properties is missing"},
		{Name: "an array", Raw: []byte("[1]"), Dead: "properties is missing"},
		{Name: "5,000 arrays in each other, not closed", Raw: []byte(strings.Repeat("[", 5000)), Dead: "JSON"},
		{Name: "100,000 arrays in each other", Raw: []byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), Dead: "not JSON"},
		{Name: "no delivery_tag", Raw: with(plain, headers, swap(`"delivery_tag": "t", `, ``)), Dead: "delivery_tag is missing"},
		{Name: "no exchange", Raw: with(plain, headers, swap(`"exchange": "", `, ``)), Dead: "exchange is missing"},
		{Name: "no routing key", Raw: with(plain, headers, swap(`, "routing_key": "celery"`, ``)), Dead: "routing_key is missing"},
		{Name: "no properties", Raw: with(plain, headers, "null"), Dead: "properties is missing"},
		// A Celery worker ends, and so does the next that takes the message.
		{Name: "body not in base64", Raw: fmt.Appendf(nil, frame, "!!!", headers, properties), Dead: "body is not base64"},
		{Name: "body of two items", Raw: bodied(`[[1], {}]`), Dead: "not [args, kwargs, embed]"},
		{Name: "arguments 100,000 arrays deep", Raw: bodied("[[" + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `], {}, {}]`), Dead: "JSON"},
		// A Celery worker lives, and the message is gone.
		{Name: "body cut short", Raw: bodied(`[1, 2`), Dead: "the body is not JSON"},
		{Name: "body of bytes that are no text", Raw: bodied("\xff"), Dead: "the body is not JSON"},
		{Name: "unknown task", Raw: headed(`{"task": "nobody", "id": "i"}`), Dead: "NotRegistered"},
		{Name: "pickle", Raw: []byte(strings.Replace(string(bodied(plain)), "application/json", "application/x-python-serialize", 1)), Dead: "content type"},
		{Name: "no task in headers and body", Raw: headed(`{}`), Dead: "headers.task is missing"},
		{Name: "no headers", Raw: headed(`null`), Dead: "headers.task is missing"},
		{Name: "a number for the task", Raw: headed(`{"task": 1, "id": "i"}`), Dead: "headers.task is missing"},
		{Name: "no id", Raw: headed(`{"task": "echo"}`), Dead: "headers.id is missing"},
		{Name: "eta that is no time", Raw: headed(`{"task": "echo", "id": "i", "eta": "soon"}`), Dead: "eta is not"},
		{Name: "infinite retries", Raw: headed(`{"task": "echo", "id": "i", "retries": 1e400}`), Dead: "retries is not"},
		{Name: "compression that the body has not", Raw: headed(`{"task": "echo", "id": "i", "compression": "application/x-gzip"}`), Dead: "decompressed"},
		{Name: "compression that nobody knows", Raw: headed(`{"task": "echo", "id": "i", "compression": "rot13"}`), Dead: "decompressed"},
		// Odd, and no reason to stop.
		{Name: "long expired", Raw: headed(`{"task": "echo", "id": "i", "expires": "2020-01-01T00:00:00"}`), Ends: "REVOKED"},
		{Name: "due in a thousand years", Raw: headed(`{"task": "echo", "id": "i", "eta": "2999-01-01T00:00:00+00:00"}`)},
		{Name: "time limits of nothing and of for ever", Raw: headed(`{"task": "echo", "id": "i", "timelimit": [1e300, 1e300]}`), Ends: "SUCCESS"},
		{Name: "callback, chain and chord of nobody", Raw: bodied(`[[1], {}, {"callbacks": [{"task": "nobody"}], "chain": [1, {"task": 2}], "chord": {"task": "x"}}]`), Ends: "SUCCESS"},
		{Name: "the least of protocol 2", Raw: headed(headers), Ends: "SUCCESS"},
		{Name: "the least of protocol 1", Raw: with(`{"task": "echo", "id": "v1", "args": [1], "kwargs": {}}`, `{}`, properties), Ends: "SUCCESS"},
	}
}
