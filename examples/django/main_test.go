package main_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/devenv"
)

// serveWord makes the test binary the fake servers of the embedded backend,
// as mage serve does.
const serveWord = "serve-the-fakes"

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == serveWord {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func serve() error {
	s, err := devenv.Load(devenv.LoadOptions{})
	if err != nil {
		return err
	}
	return devenv.New(s, devenv.Options{}).Serve(context.Background())
}
