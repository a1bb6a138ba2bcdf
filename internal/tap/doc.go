// Package tap watches the RESP traffic of one test's connections to Redis and
// can interfere with it.
//
// A [Tap] wraps the dialer of a client. Its connections read along as requests
// and replies pass, without delaying or copying them, and keep the last ones in
// a ring; an observer is told of every finished command, and a judge may order
// that a request or its reply be lost, answered, delayed or cut. The package
// knows what can be done to a connection; when it is done is for its caller to
// say (redistest.Faults).
package tap
