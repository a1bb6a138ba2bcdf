package devenv

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// An aofCheck is what redis-check-aof printed of append-only files. The zero
// value: nothing was checked.
type aofCheck string

// aofFault is where a file goes wrong, and what is expected there.
var aofFault = lazy.Regexp(`(?m)^0x\s*([0-9a-f]+): (.+)$`)

// valid reports whether the files are whole; ok is false when the program did
// not come to a verdict, as when it is none.
func (c aofCheck) valid() (valid, ok bool) {
	switch text := string(c); {
	case strings.Contains(text, "not valid"), strings.Contains(text, "RDB ERROR DETECTED"), strings.Contains(text, "ormat error"):
		return false, true
	case strings.Contains(text, "is valid"), strings.Contains(text, "are valid"):
		return true, true
	}
	return false, false
}

// cutOff reports whether the last file only ends within a command, as after a
// power failure: the server leaves that command out when it starts.
func (c aofCheck) cutOff() bool {
	found := aofFault().FindStringSubmatch(string(c))
	return found != nil && (strings.HasPrefix(found[2], "Expected to read") || strings.HasPrefix(found[2], "Reached EOF"))
}

// summary is the line that says where a file goes wrong, else the last one.
func (c aofCheck) summary() string {
	if found := aofFault().FindString(string(c)); found != "" {
		return strings.Join(strings.Fields(found), " ")
	}
	lines := strings.Split(strings.TrimSpace(string(c)), "\n")
	return lines[len(lines)-1]
}

// failCorruptAOF is about append-only files that no server reads to the end.
func (e *Env) failCorruptAOF(name, detail string) *Failure {
	return &Failure{
		Code: "aof_corrupt", Exit: ExitData, Message: fmt.Sprintf("the append-only file of the %s is damaged", name), Detail: detail,
		Fixes: []string{
			"keep a copy of it and cut it off where the damage begins: " + e.run("doctor", "-fix"),
			"put a backup in its place: " + e.run("backup", "-list"),
			"delete them: " + e.run("reset", "-service="+name, "-yes"),
		},
	}
}

// damagedDir is where the files of a server are kept before they are mended.
func (e *Env) damagedDir(name string) string {
	return filepath.Join(e.set.Dir, "damaged", time.Now().UTC().Format("20060102-150405.000")+"-"+name)
}

// wantMended fails unless redis-check-aof --fix cut the damage off.
func (c aofCheck) wantMended() error {
	if strings.Contains(string(c), "Successfully truncated") {
		return nil
	}
	return errors.New("redis-check-aof --fix: " + c.summary())
}
