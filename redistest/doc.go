// Package redistest gives a test a clean, private Redis: a fake in half a
// millisecond, a real one in a quarter once a server runs.
//
//	func TestSession(t *testing.T) {
//		srv := redistest.Start(t)
//		sessions := session.NewStore(srv.Client(), 30*time.Minute)
//		id := sessions.Open(t.Context(), "ann")
//		srv.Advance(t.Context(), 31*time.Minute)
//		if _, err := sessions.Get(t.Context(), id); !errors.Is(err, session.ErrExpired) {
//			t.Errorf("Get after 31m = %v, want ErrExpired", err)
//		}
//	}
//
// # Which engine
//
//	Fake       in this process, on a loopback port; the default. Not for what
//	           FIDELITY.md says it lacks, nor to prove that a real server agrees.
//	Bubble     the same inside testing/synctest, where time stands still and
//	           blocked commands move with it. Not for code that dials by itself.
//	Native     redis-server of this machine, one per test binary on a unix
//	           socket, a database per test. Not where none is installed.
//	External   a server that runs already (REDISTEST_URL), a database, or a key
//	           prefix, per test. Not for tests that reconfigure or kill it: with
//	           Fence they are refused, which spares whoever shares the server.
//	Real       External if REDISTEST_URL is set, else Native.
//	container  an image, by package redistest/container. Not for speed.
//
// REDISTEST_ENGINE=fake|native|external sets the default of a run, which no
// test leaves silently: an engine that a test names and this machine lacks
// skips the test with the command that gets it, and fails it under
// REDISTEST_REQUIRE=1; one that REDISTEST_ENGINE names always fails it.
//
// # What a database does not isolate
//
// Tests that share a server have a database each, empty when they get it. Pub/sub
// channels, scripts, functions, CONFIG, CLIENT and INFO belong to the whole
// server: use Exclusive, about 15 ms, or Fence to be told when a test reaches
// out. A server that Native starts has 1,024 databases; one of others usually
// has 16, of which 15 are leased. When all are, Start fails rather than use one
// twice.
//
// On success nothing is left. A test binary that is killed takes its servers
// with it.
//
// # When a test fails
//
// Its log shows the last commands, the data in short and how to look at them:
// a real server keeps them until the test binary ends. To look with redis-cli
// at leisure, on a fake too,
//
//	REDISTEST_HOLD=10m go test -v -run TestSession ./session
//
// has each failed test wait that long, at most until shortly before the run's
// -timeout, or until Ctrl-C, and says where (go test shows it at once with -v
// and one package). And with
//
//	go test -artifacts ./...
//
// all data of a failed test are in a file redis.txt of its artifact directory,
// on every engine; -outputdir says where that is.
//
// # What Advance moves
//
//	           grain    keys  hash fields  blocked commands  TIME
//	Fake       1 ms     yes   yes          yes               yes
//	Bubble     1 ms     yes   yes          yes               yes
//	real       250 ms   yes   from 7.4     no                no
//
// On a real server the clock runs on beside Advance: look a grain before and
// after a deadline, not at it.
package redistest
