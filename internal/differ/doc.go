// Package differ holds a fake to real servers: it sends the same requests to
// several servers and says how alike their replies are.
//
// The requests are a corpus of text files, testdata/*.txt. A file has cases,
// each begun by a line "== name"; every other line is one step:
//
//	SET k v EX 10        run on connection 1, and compare the reply
//	2: GET k             the same on connection 2
//	& BLPOP q 0          send only, and wait until the server has blocked
//	> CLIENT REPLY SKIP  send only
//	2<                   read a reply sent before, or a message, on connection 2
//	? SPOP s             chance decides: compare kinds only (2<? when reading)
//	~ PTTL k             the clock decides: a number near the server's is as good
//	@advance 150ms       let time pass
//	# a comment
//
// A case starts on empty databases with new connections; it is run in RESP2
// and in RESP3.
//
// Beside the corpus, a [Hunt] makes requests up by chance from the [Grammar] in
// testdata/hunt, the same for the same seed, and compares the keys after each
// case, too. What it finds it shrinks to the steps that show it, as the corpus
// has them: mend the fake and put them there, or name the difference in
// testdata/hunt/known.txt, which FIDELITY.md lists ([Known]). A long hunt is
//
//	DIFFER_SEEDS=100000 go test ./internal/differ -run TestHunt
//
// How alike two replies are is one of a ladder of verdicts, see [Verdict].
// What a run found is kept in testdata/verdicts.txt, one line for each step:
// a run against servers at hand must find the same, and FIDELITY.md is a
// table made from it.
package differ
