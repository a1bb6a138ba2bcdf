// Package render turns conformance reports into what people and CI servers
// read: one HTML page, Markdown, JUnit XML and JSON.
//
// A [Run] comes from [Read], which reads the JSON of reports, or from
// [FromTest], which reads the stream of go test -json. What is missing from
// either (a package that did not build, a requirement that began and never
// ended, no result at all) is an error in the run, never silence.
//
// The package knows the JSON of a report and nothing else of the suites, so
// that a tool in another repository can use it.
package render
