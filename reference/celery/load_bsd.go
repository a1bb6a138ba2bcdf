//go:build darwin || freebsd

package celery

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// loadAverage is what os.getloadavg of Python gives, which Celery's heartbeats
// tell: the load of the last 1, 5 and 15 minutes. It is zero where the system
// does not say.
func loadAverage() (load [3]float64) {
	raw, err := unix.SysctlRaw("vm.loadavg") // struct loadavg: three numbers, and what is 1 among them
	if err != nil || len(raw) < 24 {
		return load
	}
	one := binary.NativeEndian.Uint64(raw[16:])
	if one == 0 {
		return load
	}
	for i := range load {
		load[i] = float64(binary.NativeEndian.Uint32(raw[4*i:])) / float64(one)
	}
	return load
}
