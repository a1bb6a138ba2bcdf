//go:build !linux

package process

import (
	"os/exec"
	"strconv"
	"strings"
)

// Listening asks lsof, which macOS has, for the process that listens on a TCP
// port of this machine. It reports false when lsof is missing or sees none.
func Listening(port int) (Listener, bool) {
	out, err := exec.Command("lsof", "-nP", "-iTCP:"+strconv.Itoa(port), "-sTCP:LISTEN", "-Fpc").Output()
	if err != nil {
		return Listener{}, false
	}
	var l Listener
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if pid, ok := strings.CutPrefix(line, "p"); ok && l.PID == 0 {
			l.PID, _ = strconv.Atoi(pid)
		}
		if name, ok := strings.CutPrefix(line, "c"); ok && l.Name == "" {
			l.Name = name
		}
	}
	return l, l.PID != 0
}
