package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
)

const path = "github.com/redkit-dev/redkit/cmd/conform"

// program is how go run names this program, wherever it is called: by its path
// in a clone and in a module that requires redkit, with the version, too, if it
// was downloaded, as there may be no such module around.
func program() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Sum != "" {
		return path + "@" + info.Main.Version
	}
	return path
}

// specification is where SPEC.md is: above the report in a clone, else where
// the project keeps it.
func specification() string {
	for _, name := range []string{"SPEC.md", filepath.FromSlash("cmd/conform/where.go")} {
		if _, err := os.Stat(name); err != nil {
			return "https://github.com/redkit-dev/redkit/blob/main/SPEC.md"
		}
	}
	return "../SPEC.md"
}
