package devenv

import (
	"os"
	"path/filepath"
	"strings"
)

// Free disk below which doctor warns, and fails. An append-only file is
// rewritten beside the old one, so a broker needs twice its memory.
const (
	diskWarn = 1 << 30
	diskFail = 100 << 20
)

// machine checks what Redis asks of the kernel and the disk.
func (x *examination) machine() {
	if x.backend == BackendEmbedded || x.backend == BackendExternal {
		x.skip("overcommit", "the backend %s forks no server on this machine", x.backend)
		x.skip("huge pages", "the backend %s forks no server on this machine", x.backend)
	} else {
		x.overcommit()
		x.hugePages()
	}
	x.disk()
}

// overcommit: without it a fork, as each background save makes, may be
// refused although memory is free (Redis: administration, Linux).
func (x *examination) overcommit() {
	switch value, ok := x.kernel("proc/sys/vm/overcommit_memory"); {
	case !ok:
		x.skip("overcommit", "this system has no vm.overcommit_memory")
	case value == "1":
		x.ok("overcommit", "vm.overcommit_memory=1")
	default:
		x.add(LevelWarn, "overcommit", "sudo sysctl vm.overcommit_memory=1", "vm.overcommit_memory=%s: a background save can fail for want of memory", value)
	}
}

// hugePages make a fork copy 2 MB where 4 kB changed.
func (x *examination) hugePages() {
	switch value, ok := x.kernel("sys/kernel/mm/transparent_hugepage/enabled"); {
	case !ok:
		x.skip("huge pages", "this system has no transparent huge pages")
	case strings.Contains(value, "[always]"):
		x.add(LevelWarn, "huge pages", "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled",
			"transparent huge pages are always on: latency and memory grow while Redis saves")
	default:
		x.ok("huge pages", "transparent huge pages are not forced on")
	}
}

func (x *examination) kernel(path string) (value string, ok bool) {
	text, err := os.ReadFile(filepath.Join(x.o.Root, path))
	return strings.TrimSpace(string(text)), err == nil
}

func (x *examination) disk() {
	dir := x.stateDir()
	free, err := x.o.FreeDisk(dir)
	if err != nil {
		x.skip("disk", "cannot tell how much disk is free at %s: %v", dir, err)
		return
	}
	level := LevelOK
	fix := "free some space there, or set REDKIT_DIR to a directory on another disk"
	switch {
	case free < diskFail:
		level = LevelFail
	case free < diskWarn:
		level = LevelWarn
	default:
		fix = ""
	}
	x.add(level, "disk", fix, "%s is free at %s", FormatBytes(int64(min(free, 1<<62))), dir)
}
