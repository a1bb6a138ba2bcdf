//go:build !linux && !darwin && !freebsd

package celery

// loadAverage is zero, as Celery's where Python has no os.getloadavg.
func loadAverage() [3]float64 { return [3]float64{} }
