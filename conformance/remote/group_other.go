//go:build !unix

package remote

import "os/exec"

// group does nothing: such a system has no process groups.
func group(*exec.Cmd) {}

// killGroup ends a command.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() } // it may have ended
