package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// startTime is field 22 of /proc/PID/stat, the clock ticks between boot and
// the start of the process, with the id of that boot. ended tells that the
// process only waits to be reaped.
func startTime(pid int) (started string, ended bool, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false, err
	}
	// The second field, the name, is in parentheses and may hold any byte.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return "", false, fmt.Errorf("/proc/%d/stat has %d fields after the name, want at least 20", pid, len(fields))
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", false, err
	}
	// The main thread may end before the others: until the last one has, the
	// process holds its files and ports.
	gone := fields[0] == "X" || fields[0] == "Z" && (fields[17] == "0" || fields[17] == "1")
	return fields[19] + "@" + strings.TrimSpace(string(boot)), gone, nil
}

// Logging finds the processes whose stdout is a file below dir: the daemons
// that keep their logs there, even when every other record of them is lost,
// the files included. It sees only processes of the same user.
//
// A variable in their environment would not do: redis-server overwrites its
// environment when it sets its title.
func Logging(dir string) ([]Logger, error) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var found []Logger
	for _, entry := range entries {
		log := logOf(entry)
		if !strings.HasPrefix(log, strings.TrimSuffix(dir, "/")+"/") {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(entry))
		if d, err := Find(pid); err == nil {
			found = append(found, Logger{d, log})
		}
	}
	return found, nil
}

// logOf returns the file that is the stdout of the process at /proc/PID.
func logOf(entry string) string {
	path, err := os.Readlink(filepath.Join(entry, "fd/1"))
	if err != nil {
		return "" // ended meanwhile, or another user's
	}
	return strings.TrimSuffix(path, " (deleted)")
}
