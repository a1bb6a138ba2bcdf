// Package conformance judges an implementation by numbered requirements: it
// is the engine under the families cachetest, brokertest, resulttest, tasktest,
// layertest, servertest and adaptertest. An implementer imports a family; whoever writes a
// family imports this package.
//
// # Words
//
//   - A requirement is one normative sentence with an ID and a check. The rows
//     of all families make SPEC.md.
//   - A subject is what is judged: a struct that knows how to build a fresh
//     instance of the family's port, and what that instance claims.
//   - A capability is something an implementation may lack. One that is a
//     method is found by interface assertion; one that is a behaviour is claimed.
//   - A clock moves time. Checks never sleep: they call [Probe.Advance].
//   - A probe is what a check holds: it records calls, failures and reasons.
//   - A report is the outcome of one subject: a [Status] per requirement.
//
// # Running
//
// Each family has two doors: Test(t, subject) runs a subtest per requirement,
// Check(ctx, subject) returns a [Report] and needs no *testing.T. A report is
// good when [Report.Err] is nil; a report in which nothing ran is not.
//
// # Soundness
//
// A requirement that fails has found a defect: there are no false positives,
// and one that occurs is a bug of the suite. A suite cannot find every defect:
// a false negative is a bug too, mended by a new requirement and by the mutant
// that would have slipped through. What a run cannot decide is Unproven and is
// never shown as a pass. Run under the race detector to learn more.
//
// # Extending
//
// Add a row with the next free number of its area, its check beside it, and a
// mutant of the reference that nothing but the new row catches. IDs are never
// used twice: a requirement that falls away stays as a [Requirement.Withdrawn] row.
package conformance
