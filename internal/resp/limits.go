package resp

import "fmt"

// Limits bounds what a peer may send. A zero field takes Redis' own default.
type Limits struct {
	Bulk     int // bytes in one string: 512 MiB, proto-max-bulk-len
	Elements int // elements of one request or aggregate: 1,048,576
	Inline   int // bytes in one line, that of an inline command included: 64 KiB
	Depth    int // nested aggregates: 32
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Bulk, 512<<20)
	set(&l.Elements, 1<<20)
	set(&l.Inline, 64<<10)
	set(&l.Depth, 32)
	return l
}

// ProtocolError says how a peer broke the protocol, in the words of Redis.
// The stream cannot be read on: a server answers it as an error and hangs up.
type ProtocolError string

// Error starts with "Protocol error", as the reply of a Redis server does.
func (e ProtocolError) Error() string { return "Protocol error: " + string(e) }

func protocolErrorf(format string, args ...any) error {
	return ProtocolError(fmt.Sprintf(format, args...))
}
