// Package targets holds the mage targets of the local environment, for the
// magefile of any module:
//
//	//go:build mage
//
//	package main
//
//	import (
//		// mage:import
//		_ "github.com/redkit-dev/redkit/devenv/targets"
//	)
//
// Then mage up starts Redis for cache and broker, mage status shows it and
// mage down stops it. With `// mage:import redis` they are mage redis:up and
// so on. The package exports targets and nothing else, and none that a
// magefile likely has of its own: test, build, lint stay free.
//
// Mage before 1.16 hides targets that take flags.
package targets
