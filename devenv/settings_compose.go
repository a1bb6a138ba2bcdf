package devenv

import (
	"net"
	"strconv"

	"github.com/redkit-dev/redkit/compose"
)

// Stack returns the compose stack that these settings describe. It holds the
// password: pass it to compose, do not print it.
func (s *Settings) Stack() compose.Stack {
	stack := compose.Stack{
		Project: s.Project, Profile: string(s.Profile), Image: s.Image, Bind: s.Bind,
		CachePort: s.CachePort, BrokerPort: s.BrokerPort, Password: s.Password.Reveal(),
		CacheMaxMemory: s.CacheMaxMemory.String(), CachePolicy: s.CachePolicy, CachePersistence: string(s.CachePersistence),
		BrokerMaxMemory: s.BrokerMaxMemory.String(), BrokerAppendFsync: s.BrokerAppendFsync, BrokerVolatile: !s.BrokerVolume,
		ACL: s.ACL(""),

		ClusterPorts: s.ClusterPorts, SentinelPorts: s.SentinelPorts, SentinelDataPorts: s.SentinelDataPorts, SentinelMaster: s.Sentinel.Master,
	}
	if s.Monitoring {
		stack.Metrics = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.MetricsPort))
		stack.PrometheusImage, stack.PrometheusPort = s.PrometheusImage, s.PrometheusPort
		stack.GrafanaImage, stack.GrafanaPort = s.GrafanaImage, s.GrafanaPort
	}
	if s.ServerTLS {
		stack.Certs, stack.TLSClients = s.CertsDir(), "optional"
		if s.TLSClients == "required" {
			stack.TLSClients = "yes" // tls-auth-clients
		}
	}
	return stack
}
