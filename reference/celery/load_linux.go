package celery

import (
	"fmt"
	"os"
)

// loadAverage is what os.getloadavg of Python gives, which Celery's heartbeats
// tell: the load of the last 1, 5 and 15 minutes. It is zero where the system
// does not say.
func loadAverage() (load [3]float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return load
	}
	if _, err := fmt.Sscan(string(text), &load[0], &load[1], &load[2]); err != nil {
		return [3]float64{}
	}
	return load
}
