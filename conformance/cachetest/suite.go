package cachetest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is a cache to be judged; see [conformance.Subject].
type Subject = conformance.Subject[Cache]

type (
	row        = conformance.Requirement[Cache]
	feature    = conformance.Feature[Cache]
	capability = conformance.Capability
	needs      = []capability
)

// Test judges subject in a subtest per requirement.
func Test(t *testing.T, subject Subject) {
	t.Helper()
	Suite().Test(t, subject)
}

// Check judges subject without a *testing.T.
func Check(ctx context.Context, subject Subject) *conformance.Report {
	return Suite().Check(ctx, subject, conformance.Options{})
}

// Suite is the family of cache requirements.
func Suite() conformance.Suite[Cache] {
	return conformance.Suite[Cache]{
		Family: "CACHE",
		Title:  "The cache",
		Preface: `A cache in the manner of Django's cache framework and of django-redis. A source test_… of Django is in its
tests/cache/tests.py, one of django-redis in its test_backend.py or test_cache_options.py.`,
		Sources: []conformance.Source{
			{Mark: "T/", Name: "Django's "},
			{Mark: "B/", Name: "django-redis' "},
			{Mark: "O/", Name: "django-redis' "},
			{Mark: "D", Name: "Django's documentation"},
			{Mark: "R", Name: "Django's RedisCache"},
			{Mark: "J", Name: "django-redis"},
			{Mark: "L", Name: "LocMemCache"},
			{Mark: "R J", Name: "Django's RedisCache and django-redis"},
			{Mark: "R J L", Name: "Django's RedisCache, django-redis and LocMemCache"},
		},
		Areas:    areas(),
		Features: features(),
		Requirements: slices.Concat(
			basicRows(), timeoutRows(), touchRows(), countRows(), manyRows(), fillRows(), versionRows(), keyRows(),
			clearRows(), cullRows(), expiryRows(), patternRows(), conditionalRows(), lockRows(), setRows(),
			hashRows(), sortedRows(), valueRows(), serializeRows(), wireRows(), tripRows(), cancelRows(), faultRows(), lostRows(),
			evictRows(), topologyRows(), concurrentRows(), matrixRows(), modelRows(), linearRows(), lackRows(),
		),
	}
}

func areas() []conformance.Area {
	return []conformance.Area{
		{Code: "BAS", Title: "get, set and delete"},
		{Code: "TMO", Title: "timeouts"},
		{Code: "TCH", Title: "touch"},
		{Code: "CNT", Title: "counting"},
		{Code: "MNY", Title: "many keys in one call"},
		{Code: "GOS", Title: "get or set"},
		{Code: "VER", Title: "versions"},
		{Code: "KEY", Title: "keys and their validation"},
		{Code: "CLR", Title: "clear, and clear of the prefix"},
		{Code: "CUL", Title: "culling"},
		{Code: "TTL", Title: "looking at and changing expiries"},
		{Code: "PAT", Title: "patterns and iteration"},
		{Code: "CND", Title: "conditional writes"},
		{Code: "LCK", Title: "locks"},
		{Code: "SET", Title: "sets"},
		{Code: "HSH", Title: "hashes"},
		{Code: "ZST", Title: "sorted sets"},
		{Code: "VAL", Title: "values"},
		{Code: "SER", Title: "serializers and compressors"},
		{Code: "WIR", Title: "the wire format"},
		{Code: "RTT", Title: "round trips"},
		{Code: "CTX", Title: "contexts"},
		{Code: "FLT", Title: "failures"},
		{Code: "EVI", Title: "eviction"},
		{Code: "TOP", Title: "clusters, replicas and failover"},
		{Code: "CON", Title: "concurrency"},
		{Code: "MTX", Title: "what each call does to an expiry"},
		{Code: "MDL", Title: "the model"},
		{Code: "LIN", Title: "linearizability"},
		{Code: "LAC", Title: "what a cache answers that lacks a capability"},
	}
}
