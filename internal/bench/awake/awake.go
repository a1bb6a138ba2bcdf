// Package awake keeps processors from sleeping while something is measured.
//
// A processor with nothing to do sleeps, and a virtual one hands its time back
// to the host: whoever waits for a reply over loopback then pays for waking it,
// up to four times what the call itself takes, or does not, according to what
// else the machine does. Two ways that are measured in turns may so differ by
// more than they do.
package awake

import (
	"fmt"
	"os"
	"os/exec"
)

// variable is set in the child process.
const variable = "REDKIT_BENCH_AWAKE"

// Main is called first in main of a program that calls Keep. In the child that
// Keep starts it does not return.
func Main() {
	if os.Getenv(variable) != "" {
		spin()
	}
}

// Keep keeps all processors busy at the lowest priority there is, SCHED_IDLE,
// which takes no time from anything else, until stop is called or this program
// ends. It does so in a process of its own, so that neither this program's
// processor time nor its scheduler is touched. Where the system has no such
// priority it does nothing.
func Keep() (stop func(), err error) {
	if !possible {
		return func() {}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("keep the processors awake: %w", err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), variable+"=1")
	endWithParent(child)
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("keep the processors awake: %w", err)
	}
	return func() {
		_ = child.Process.Kill()
		_ = child.Wait() // killed
	}, nil
}
