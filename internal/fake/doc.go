// Package fake is a Redis server inside the process, for tests and for
// development without Redis: miniredis, hardened.
//
//	s := fake.New(fake.Config{})
//	defer s.Close()
//	s.Serve(listener)        // or s.Dial(), through memory, as in a bubble
//	s.Advance(time.Hour)     // keys expire, blocked commands time out
//
// It follows Redis 8.0. How far is measured, command by command and against
// several servers, in FIDELITY.md; what it lacks it refuses with an error that
// says what to use instead ([Config.Hint]). It is not for load and not for
// trust: it persists nothing, evicts nothing, replicates nothing, and is no
// cluster.
//
// # How it is made
//
// miniredis keeps the keys, their types and the values of strings, hashes,
// sets and HyperLogLogs, and runs the commands on them that agree with Redis. Before it stands a front of our own, which reads RESP, owns the
// connections and runs one command at a time: a lock is the event loop. The
// front calls miniredis in process, through its Go API and through
// Server.Dispatch, as one client for each database; none of its connection
// handling is used, and none of its code is copied.
//
// A divergence of miniredis is closed in the first of these ways that can:
//
//   - By the front, for what a connection is: order, buffers, inline commands,
//     MULTI and EXEC, WATCH (miniredis counts the changes of keys, and tells
//     by an empty MULTI EXEC whether they have moved; flushes and SWAPDB,
//     which it does not count, are noted beside it), pub/sub, blocking, HELLO,
//     AUTH and ACL, CLIENT, and the refusal of unknown commands.
//   - By an argument check before the command, where it allocates what it is
//     told or wraps around.
//   - By a reply put right behind it: RESP3 kinds, keyspace events.
//   - By a command of our own over the Go API: time to live, SCAN, SORT, hash
//     field expiry, bit fields.
//   - By a value of our own, where the type itself is at fault: lists (LPUSH
//     copies the list in miniredis), sorted sets (each ZRANGE sorts them) and
//     streams (deleted entries vanish from the pending list). The key stays
//     in miniredis, with the right type and one element that names the value;
//     so TYPE, RENAME, EXPIRE, WATCH, WRONGTYPE and the like exist once.
//   - By scripts of our own on gopher-lua, which miniredis links: an endless
//     one answers BUSY to others after lua-time-limit and can be killed, and
//     errors have the words of Redis.
//
// # Order
//
// On Unix one goroutine waits for the listeners and all their connections, by
// epoll(7) on Linux and poll(2) elsewhere, and takes what has come, oldest
// connection first. So a request is
// run before all that is sent after it on younger connections, as in Redis,
// and never left to the scheduler. Connections that no descriptor stands for
// (in memory, TLS, and all of them on Windows) have a goroutine each: there
// the order of requests on different connections is that in which they are
// read, unless the client waits for a reply.
//
// # Time
//
// The clock stands still until Advance moves it, or runs by Config.Now or
// RunClock. TIME, times to live, stream IDs and idle times follow it. A key
// ends at its instant, a millisecond earlier than on Redis, which waits for
// the instant to pass: so Advance(ttl) is enough. Ends are kept in a heap;
// no command walks the keys. Timeouts of blocked commands run in real time,
// or in that of the bubble, and end as well when Advance passes them.
//
// # What cannot be done
//
// Memory is that of the whole process, so INFO memory tells of it, and there
// is no eviction, no maxmemory and no OOM. Numbers that a script turns into
// text with .. have gopher-lua's form, the library struct is missing, and so are
// coroutines, because their loops could not be stopped. Members of sets, hash fields and keys come
// sorted, where Redis promises no order. A HyperLogLog is no string here: GET
// and STRLEN refuse it. DUMP and RESTORE exchange values with real servers,
// but for streams and HyperLogLogs, and ends of hash fields are left behind.
package fake
