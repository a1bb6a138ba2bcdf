package process

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// Listening finds the process that listens on a TCP port of this machine.
// It reports false when nothing does. The process stays unknown (PID 0) when
// it belongs to another user.
func Listening(port int) (Listener, bool) {
	inode, uid, ok := listeningSocket(port)
	if !ok {
		return Listener{}, false
	}
	var l Listener
	if u, err := user.LookupId(uid); err == nil {
		l.User = u.Username
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	want := "socket:[" + inode + "]"
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != want {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		l.PID, _ = strconv.Atoi(filepath.Base(dir))
		if comm, err := os.ReadFile(filepath.Join(dir, "comm")); err == nil {
			l.Name = strings.TrimSpace(string(comm))
		}
		if info, err := os.Stat(dir); err == nil {
			l.Since = info.ModTime() // of /proc/PID: when the process started
		}
		l.Log = logOf(dir)
		break
	}
	return l, true
}

// listeningSocket reads /proc/net/tcp and tcp6: the inode and owner of the
// socket in state 0A (listen) on port.
func listeningSocket(port int) (inode, uid string, ok bool) {
	suffix := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			f := strings.Fields(lines.Text())
			if len(f) > 9 && f[3] == "0A" && strings.HasSuffix(f[1], suffix) {
				return f[9], f[7], true
			}
		}
	}
	return "", "", false
}
