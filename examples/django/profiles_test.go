package main_test

import (
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// profiles are the ways devenv guards and multiplies servers.
func profiles() []place {
	native := func(environ ...string) func(*testing.T) []string {
		return func(t *testing.T) []string {
			needNative(t)
			return append(environ, "REDKIT_BACKEND=native")
		}
	}
	return []place{
		{"tls", "shop", everything, native("REDKIT_PROFILE=tls", "REDKIT_TLS_CLIENTS=required")},
		{"acl", "shop", everything, native("REDKIT_PROFILE=acl", "REDKIT_PASSWORD=s3cret-word")},
		{"sentinel", "shop", everything, native("REDKIT_PROFILE=sentinel")},
		// What channels_redis has no setting for shows with a password.
		{"sentinel and password", "password", passwords, native("REDKIT_PROFILE=sentinel", "REDKIT_PASSWORD=s3cret-word")},
		{"cluster", "shop", everything, native("REDKIT_PROFILE=cluster")},
	}
}

// passwords is what a password behind sentinels may keep from working.
func passwords(s *scene) {
	s.permissions()
	s.ping()
	s.sockets(devenv.LayerCore)

	s.title("channels_redis 4.0 has no password for its pub/sub layer behind sentinels")
	s.django(`use_layer("pubsub")`)
	s.django(`refused(lambda: group_send("orders", {"type": "order.paid", "id": 8, "by": "django"}))`)
}
