// Package compat keeps what is known of every system that the suites judge, and
// puts them side by side: COMPATIBILITY.md and the page of mage
// conformance:matrix.
//
// The verdicts on the originals are those that conformance/remote/originals is
// tested against. Those on our references are recorded here, in references.txt,
// and every run of mage conformance is held to them.
package compat
