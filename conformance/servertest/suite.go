package servertest

import (
	"slices"

	"github.com/redkit-dev/redkit/conformance"
)

type (
	row        = conformance.Requirement[Server]
	feature    = conformance.Feature[Server]
	capability = conformance.Capability
	needs      = []capability
)

// Suite is the family of server requirements.
func Suite() conformance.Suite[Server] {
	return conformance.Suite[Server]{
		Family: "SERVER",
		Title:  "The server",
		Preface: `A Redis-compatible server, as Django's cache, django-redis, kombu, Celery and channels_redis use it. Sources are
these with what they send; Redis is its documentation.`,
		Sources: []conformance.Source{
			{Mark: "J", Name: "django-redis"},
			{Mark: "R", Name: "Django's RedisCache"},
			{Mark: "R J", Name: "Django's RedisCache and django-redis"},
			{Mark: "J R", Name: "django-redis and Django's RedisCache"},
			{Mark: "K", Name: "kombu"},
			{Mark: "C", Name: "Celery"},
			{Mark: "L", Name: "channels_redis"},
		},
		Areas:    areas(),
		Features: features(),
		Requirements: slices.Concat(
			connectRows(), stringRows(), expiryRows(), keyspaceRows(), listRows(), hashRows(), setRows(), sortedRows(),
			publishRows(), transactRows(), scriptRows(), infoRows(), memoryRows(), persistRows(), userRows(),
		),
	}
}

func areas() []conformance.Area {
	return []conformance.Area{
		{Code: "CON", Title: "connections and the protocol"},
		{Code: "STR", Title: "strings and counters"},
		{Code: "EXP", Title: "expiry"},
		{Code: "KEY", Title: "keys and iteration"},
		{Code: "LST", Title: "lists and blocking pops"},
		{Code: "HSH", Title: "hashes"},
		{Code: "SET", Title: "sets"},
		{Code: "ZST", Title: "sorted sets"},
		{Code: "PUB", Title: "publish and subscribe"},
		{Code: "TXN", Title: "transactions"},
		{Code: "LUA", Title: "scripts"},
		{Code: "INF", Title: "what monitoring reads"},
		{Code: "MEM", Title: "the memory limit"},
		{Code: "PER", Title: "persistence"},
		{Code: "ACL", Title: "users and their rights"},
	}
}
