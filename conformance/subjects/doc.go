// Package subjects makes the house's own references subjects of the
// conformance families, on every engine they can run on. It is for tests and
// for the conformance command: a user's cache needs only cachetest.
package subjects
