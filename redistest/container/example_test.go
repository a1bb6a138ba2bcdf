package container_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/container"
)

// In a test, t is its *testing.T. An empty name means DefaultImage.
func ExampleRedis() {
	golden.InTest(func(t *testing.T) {
		srv := redistest.Start(t, redistest.With(container.Redis(image())))
		fmt.Println(srv.Client().Ping(t.Context()).Val())
	})
	fmt.Println(container.Redis("").Name() == container.DefaultImage)
	// Output:
	// PONG
	// true
}

// Versions makes a subtest per image in REDISTEST_IMAGES, named after it.
func ExampleVersions() {
	golden.InTest(func(t *testing.T) {
		var images []string
		container.Versions(t, func(t *testing.T, srv *redistest.Server) {
			srv.Client().Set(t.Context(), "k", "v", 0)
			images = append(images, srv.Engine())
		})
		fmt.Println(slices.Contains(images, image()))
	})
	// Output: true
}
