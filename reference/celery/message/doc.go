// Package message reads and writes what Celery puts on a queue: the envelope
// of kombu's virtual transports, the task messages of protocol 2 (and, for
// reading, protocol 1), their serialised and compressed bodies, and the
// wrappers by which kombu's JSON carries dates, decimals, UUIDs and bytes.
//
// It knows no broker. Everything it returns for input that cannot be read is
// a *Malformed, whose reason is fit for a dead-letter list. All functions are
// safe for concurrent use; values are not.
package message
