// Package law holds the import law of the house, which room may reach which, as a test.
package law
