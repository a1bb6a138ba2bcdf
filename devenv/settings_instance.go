package devenv

import (
	"net"
	"strconv"
)

// Instance is one server the environment runs, as every backend must set it up.
type Instance struct {
	Name        string // cache and broker, or redis for both in one; node-1, sentinel-1, … in a group
	Group       string // cluster or sentinel: the topology it is a part of; "" when it stands alone
	Watches     bool   // it is a sentinel: it holds no data
	Host        string // the host a client on this machine dials
	Port        int
	URL         URL // of database 0, with the password
	MaxMemory   Size
	Policy      string // maxmemory-policy
	Persistence Persistence
	AppendFsync string // with PersistAOF
	bus         bool   // it stands for the port where a cluster's node meets the others
	// Keep is true when the data outlive the environment (a volume, a directory).
	Keep bool
}

// Addr returns host:port.
func (i Instance) Addr() string { return net.JoinHostPort(i.Host, strconv.Itoa(i.Port)) }

// Instances returns the servers of the profile, cache before broker. They are
// the same on every backend but external, whose servers the URLs name.
func (s *Settings) Instances() []Instance {
	cache := Instance{
		Name: "cache", Host: s.host(), Port: s.CachePort, URL: s.serverURL(s.admin(), s.CachePort, 0),
		MaxMemory: s.CacheMaxMemory, Policy: s.CachePolicy,
		Persistence: s.CachePersistence, AppendFsync: "everysec", Keep: s.CachePersistence != PersistNone,
	}
	broker := Instance{
		Name: "broker", Host: s.host(), Port: s.BrokerPort, URL: s.serverURL(s.admin(), s.BrokerPort, 0),
		MaxMemory: s.BrokerMaxMemory, Policy: "noeviction",
		Persistence: PersistAOF, AppendFsync: s.BrokerAppendFsync, Keep: s.BrokerVolume,
	}
	switch s.Profile {
	case ProfileSingle:
		broker.Name, broker.Port, broker.URL = "redis", cache.Port, cache.URL
		return []Instance{broker}
	case ProfileSentinel:
		return s.watchedInstances(broker)
	case ProfileCluster:
		return append(s.nodeInstances(cache), broker)
	}
	return []Instance{cache, broker}
}

// host is the address a client on this machine dials: an IP literal, because
// localhost may reach another server on ::1.
func (s *Settings) host() string {
	if s.Bind == "0.0.0.0" {
		return "127.0.0.1"
	}
	return s.Bind
}
