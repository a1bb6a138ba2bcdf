// Package resp reads and writes RESP2 and RESP3, the wire format of Redis,
// for programs that stand between a client and a server: a fake, a proxy that
// causes faults, a tracer, a differential test.
//
// It is no client: use go-redis for that. What it adds to a client's parser is
// that every value keeps its raw bytes, that nothing a peer sends can make it
// allocate more than [Limits] allow before the bytes have arrived, and that a
// [Parser] can be fed piece by piece without a goroutine.
//
//   - [Parser] takes bytes and yields requests, inline commands included.
//   - [Reader] takes an io.Reader and yields requests or replies.
//   - [Writer] appends replies to a byte slice, in RESP2 or RESP3.
//
// None of the types is safe for concurrent use.
package resp
