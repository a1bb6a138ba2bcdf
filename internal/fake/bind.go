package fake

import "strings"

// native are the commands that miniredis runs as they are: its own replies
// agree with Redis' on all that the differential corpus asks of them.
const native = `
	del dbsize getdel getset hdel hexists
	hget hgetall hkeys hlen hmget hmset hset hsetnx hstrlen hvals
	keys mget randomkey
	scard setnx sismember smembers smismember
	smove srem strlen touch unlink
`

// bind gives each command its handler. Those without one the fake lacks.
func (t commandTable) bind() {
	for _, name := range strings.Fields(native) {
		t[name].run = (*call).native
	}
	for _, name := range []string{"sdiffstore", "sinterstore", "sunionstore"} {
		t[name].run = (*call).nativeStore
	}
	for _, family := range []map[string]handler{
		aclCommands(), clientCommands(), configCommands(), connectionCommands(), pubsubCommands(), serverCommands(),
		transactionCommands(), ttlCommands(), keyCommands(), listCommands(), scanCommands(), commandCommands(),
		scriptCommands(), blockingCommands(), guardedCommands(), bitCommands(), zsetCommands(), zrangeCommands(), zalgebraCommands(),
		hashCommands(), hllCommands(), sortCommands(), geoCommands(),
		streamCommands(), streamReadCommands(), streamGroupCommands(), streamClaimCommands(), dumpCommands(),
	} {
		for name, h := range family {
			t[name].run = h
		}
	}
	for _, c := range t {
		if len(c.subs) > 0 && c.run == nil {
			c.run = func(x *call) { x.err(errArity(x.cmd)) }
		}
	}
}

// Implementers tells for each command of Redis who runs it in the fake:
// "redkit", "miniredis", or "" if it is refused.
func Implementers() map[string]string {
	by := map[string]string{}
	for name, c := range commands() {
		if c.run != nil {
			by[name] = "redkit"
		}
	}
	for _, name := range strings.Fields(native) {
		by[name] = "miniredis"
	}
	return by
}
