package tasks

import (
	"context"
	"errors"
	"slices"
)

// The kill matrices judge hundreds of implementations that are broken on
// purpose, each by every requirement. A race in one of them means nothing, and
// the race detector would make them six times as long: they run without it.
const (
	matrices   = "^TestEveryMutantIsCaught$"
	matrixRoom = "./conformance/...test"
)

// Runs returns the arguments of the go test commands that together run every
// test of pkgs once, with the race detector where it works.
func Runs(flags []string, pkgs ...string) [][]string {
	race := Race()
	if race == nil {
		return [][]string{slices.Concat(flags, pkgs)}
	}
	return [][]string{
		slices.Concat(flags, race, []string{"-skip=" + matrices}, pkgs),
		slices.Concat(flags, []string{"-run=" + matrices, matrixRoom}),
	}
}

// Test runs every test of pkgs with flags, all of them also when some fail.
func Test(ctx context.Context, flags []string, pkgs ...string) error {
	var errs []error
	for _, args := range Runs(flags, pkgs...) {
		errs = append(errs, Go(ctx, nil, append([]string{"test"}, args...)...))
	}
	return errors.Join(errs...)
}
