package main_test

import "testing"

// engines are the four ways devenv runs servers. What happens there is one
// story, so they share an account.
func engines() []place {
	return []place{
		{"native", "shop", everything, func(t *testing.T) []string {
			needNative(t)
			return []string{"REDKIT_BACKEND=native"}
		}},
		{"embedded", "shop", everything, func(*testing.T) []string { return []string{"REDKIT_BACKEND=embedded"} }},
		{"compose", "shop", everything, func(t *testing.T) []string {
			image := localImage(t)
			return []string{"REDKIT_BACKEND=compose", "REDKIT_IMAGE=" + image, "REDKIT_PROJECT=redkit-shop-" + list(t, &ports, 1)}
		}},
		// One REDIS_URL for everything, as hosts give it: a single database.
		{"external", "shop", everything, func(t *testing.T) []string {
			needNative(t)
			theirs, _ := place{environ: func(*testing.T) []string { return []string{"REDKIT_BACKEND=native", "REDKIT_PROFILE=single"} }}.up(t)
			return []string{"REDKIT_BACKEND=external", "REDIS_URL=" + theirs.RedisURL.Reveal()}
		}},
	}
}
