package cachetest

import "github.com/redkit-dev/redkit/conformance"

// Capabilities that are methods of the port, found by assertion.
const (
	adding   = capability("cache.add")
	touching = capability("cache.touch")
	looking  = capability("cache.has")
	counting = capability("cache.count")
	creating = capability("cache.count.create")
	bigs     = capability("cache.count.big")
	floats   = capability("cache.count.float")
	aliases  = capability("cache.aliases")

	many           = capability("cache.many")
	filling        = capability("cache.get-or-set")
	versions       = capability("cache.versions")
	expiring       = capability("cache.expiry")
	scanning       = capability("cache.patterns")
	quoting        = capability("cache.patterns.quote")
	clearing       = capability("cache.clear")
	clearingPrefix = capability("cache.clear.prefix")
	conditional    = capability("cache.conditional")
	locking        = capability("cache.locks")
	sets           = capability("cache.sets")
	hashes         = capability("cache.hashes")
	sorteds        = capability("cache.sorted-sets")
	closing        = capability("cache.close")
	inspecting     = capability("cache.inspect")
	evicting       = capability("cache.evict")
	replicas       = capability("cache.replicas")
)

// Inspecting is the capability of an [Inspector]; an adapter without a way to
// the store names it, and the others, in Lacks.
const (
	Inspecting = inspecting
	Evicting   = evicting // as Inspecting, of an Evicter
	Replicas   = replicas // of a Replicated
)

// Capabilities that are behaviours, claimed by a subject.
const (
	// SubSecond says that timeouts keep fractions of a second.
	SubSecond = capability("cache.subsecond")
	// CountsDeletes says that DeleteMany returns how many entries it removed.
	CountsDeletes = capability("cache.counts-deletes")
	// AnyKey says that keys may hold anything, at any length.
	AnyKey = capability("cache.any-key")
	// AnyFloat says that NaN and the infinities are values.
	AnyFloat = capability("cache.values.any-float")
	// Bytes says that []byte is a value.
	Bytes = capability("cache.values.bytes")
	// Culls says that MaxEntries and CullFrequency bound the cache.
	Culls = capability("cache.culls")
	// Serializers says that aliases have pickle, json and msgpack, and every
	// compressor of django-redis.
	Serializers = capability("cache.serializers")
	// IgnoresErrors says that aliases may ignore exceptions.
	IgnoresErrors = capability("cache.ignores-errors")
	// AtomicMany says that a SetMany is seen whole or not at all.
	AtomicMany = capability("cache.many.atomic")
	// SingleFlight says that concurrent misses compute once.
	SingleFlight = capability("cache.single-flight")

	// QuirkTouchForever: touch forever of an entry without expiry reports false.
	QuirkTouchForever = capability("cache.quirk.touch-forever")
	// QuirkCountAnything: incr adds to bools, floats and beyond 64 bits.
	QuirkCountAnything = capability("cache.quirk.count-anything")
	// QuirkVersionNil: incr_version takes a stored nil for a miss.
	QuirkVersionNil = capability("cache.quirk.version-nil")
	// QuirkVersionExpiry: incr_version gives the default timeout.
	QuirkVersionExpiry = capability("cache.quirk.version-expiry")
)

func features() []feature {
	return []feature{
		method[Adder](adding, "stores only what is not there"),
		method[Toucher](touching, "moves expiries"),
		method[Haser](looking, "looks without reading"),
		method[Counter](counting, "counts in place"),
		method[Creator](creating, "counts from nothing"),
		method[BigCounter](bigs, "counts beyond 64 bits"),
		method[FloatCounter](floats, "adds floats"),
		method[Opener](aliases, "opens other aliases on the same store"),
		method[Many](many, "works on several entries in one call"),
		method[Filler](filling, "stores what is computed on a miss"),
		method[Versioned](versions, "keeps versions of entries apart"),
		method[Expirer](expiring, "shows and changes expiries"),
		method[Scanner](scanning, "finds entries by pattern"),
		method[Quoter](quoting, "quotes text for patterns"),
		method[Clearer](clearing, "empties the store"),
		method[PrefixClearer](clearingPrefix, "removes the entries of its prefix"),
		method[Conditional](conditional, "writes only what is there, or is not"),
		method[Locker](locking, "makes locks"),
		method[Sets](sets, "holds sets"),
		method[Hashes](hashes, "holds hashes"),
		method[SortedSets](sorteds, "holds sorted sets"),
		method[Closer](closing, "can be closed"),
		method[Inspector](inspecting, "shows the store below it"),
		method[Evicter](evicting, "loses entries below itself when asked"),
		method[Replicated](replicas, "reads from a replica, which catches up when asked"),

		{Name: SubSecond, Says: "keeps fractions of a second in timeouts"},
		{Name: CountsDeletes, Says: "returns how many entries a delete_many removed"},
		{Name: AnyKey, Says: "takes keys of any length with any characters"},
		{Name: AnyFloat, Says: "stores NaN and the infinities"},
		{Name: Bytes, Says: "stores bytes apart from text"},
		{Name: Culls, Says: "is bounded by MaxEntries and CullFrequency, as LocMemCache"},
		{Name: Serializers, Says: "has aliases with pickle, JSON, MessagePack and compressors"},
		{Name: IgnoresErrors, Says: "has aliases that ignore exceptions"},
		{Name: AtomicMany, Says: "shows all of a set_many or nothing: not so where entries are on several servers"},
		{Name: SingleFlight, Says: "computes once for concurrent misses in a process"},
		{Name: QuirkTouchForever, Says: "reports false for a touch forever of an entry without expiry, as R and J do"},
		{Name: QuirkCountAnything, Says: "counts bools, floats and beyond 64 bits, as J and L do"},
		{Name: QuirkVersionNil, Says: "takes a stored nil for a miss in incr_version, as J does"},
		{Name: QuirkVersionExpiry, Says: "resets the timeout in incr_version, as R and L do"},
	}
}

func method[I any](name capability, says string) feature {
	return feature{Name: name, Says: says, Has: conformance.Implements[I, Cache]}
}
