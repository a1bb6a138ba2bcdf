package container

import (
	"os"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
)

// envImages names the images that Versions runs, separated by commas.
const envImages = "REDISTEST_IMAGES"

// Versions runs fn once per image in REDISTEST_IMAGES
// ("redis:7.4,valkey/valkey:8.1") as a subtest named after the image, each on
// a clean server. With the variable empty it runs DefaultImage.
func Versions(t *testing.T, fn func(t *testing.T, srv *redistest.Server), opts ...redistest.Option) {
	t.Helper()
	for _, image := range images() {
		opts = append(opts, redistest.With(Redis(image)))
	}
	redistest.Each(t, fn, opts...)
}

func images() []string {
	var all []string
	for image := range strings.SplitSeq(os.Getenv(envImages), ",") {
		if image = strings.TrimSpace(image); image != "" {
			all = append(all, image)
		}
	}
	if len(all) == 0 {
		all = []string{DefaultImage}
	}
	return all
}
