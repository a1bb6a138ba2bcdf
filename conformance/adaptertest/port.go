package adaptertest

import "context"

// An Adapter is a program that has just been started, seen from the other end
// of its standard input and output. *remote.Pipe is one. Say and Hear may be
// called at the same time.
type Adapter interface {
	// Say writes a line.
	Say(line string) error
	// Hear returns the next line, without its end, or io.EOF once the output
	// has ended.
	Hear(ctx context.Context) (string, error)
	// End closes the input.
	End() error
	// Wait returns when the program has ended: nil if its status is 0.
	Wait(ctx context.Context) error
}
