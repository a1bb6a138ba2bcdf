//go:build !unix

package process

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Bound is a running process that ends with this one. It needs a system
// with pipes that a shell can inherit; there is none here.
type Bound struct{}

// StartBound refuses: nothing here would end the process with this one.
func StartBound(c Command) (*Bound, error) {
	return nil, fmt.Errorf("start %s bound to this process: %w", c.Path, errors.ErrUnsupported)
}

// Await, Alive, Group, Words, Kill and Remove are never reached.
func (*Bound) Await(context.Context, time.Duration, func(context.Context) error) error {
	return errors.ErrUnsupported
}
func (*Bound) Alive() bool   { return false }
func (*Bound) Group() int    { return 0 }
func (*Bound) Words() string { return "" }
func (*Bound) Kill() error   { return errors.ErrUnsupported }
func (*Bound) Remove() error { return errors.ErrUnsupported }
