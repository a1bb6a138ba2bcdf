package monitor

import (
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
)

// topologyView is how the servers belong together.
type topologyView struct {
	Words     []string // what each server is, in a sentence
	Replicas  []replicaRow
	Sentinels []sentinelRow
	Nodes     []clusterNode
	NodesNote string
}

type replicaRow struct {
	Master, Replica, State, Behind string
	Bad                            bool
}

type sentinelRow struct {
	Name, Master, Addr, Status, Replicas, Sentinels, Quorum string
	Bad                                                     bool
}

func (m *Monitor) topology() topologyView {
	v := topologyView{}
	clustered := false
	alone := []string{}
	for n, sample := range m.state.samples {
		f := sample.Info
		switch {
		case !sample.Up():
			v.Words = append(v.Words, sample.Service+" does not answer.")
		case m.servers[n].Instance.Watches:
			v.Sentinels = append(v.Sentinels, m.sentinel(sample))
		case f["cluster_enabled"] == "1":
			clustered = true
			if t, asked := m.state.cluster[sample.Service]; asked && t.err == nil {
				v.Words = append(v.Words, fmt.Sprintf("%s sees the cluster %s: %s of 16384 slots served, %s nodes known.",
					sample.Service, t.value["cluster_state"], t.value["cluster_slots_ok"], t.value["cluster_known_nodes"]))
			}
		case f["role"] == "slave":
			state := "link " + f["master_link_status"]
			v.Words = append(v.Words, fmt.Sprintf("%s is a replica of %s:%s, %s.", sample.Service, f["master_host"], f["master_port"], state))
		case number(f["connected_slaves"]) == 0:
			alone = append(alone, sample.Service)
		}
		v.Replicas = append(v.Replicas, replicas(sample)...)
	}
	if len(alone) > 0 {
		v.Words = append(v.Words, strings.Join(alone, ", ")+map[bool]string{true: " stands alone: no replica, no sentinel, no cluster.", false: " stand alone: no replica, no sentinel, no cluster."}[len(alone) == 1])
	}
	if clustered {
		v.Nodes = m.state.nodes.value
		if m.state.nodes.err != nil {
			v.NodesNote = fmt.Sprintf("The nodes cannot be listed: %v.", m.state.nodes.err)
		} else if m.state.nodes.at.IsZero() {
			v.NodesNote = "The nodes have not been listed yet."
		}
	}
	return v
}

// replicas are those that a master tells of: slave0:ip=…,port=…,state=online,offset=…,lag=0.
func replicas(sample devenv.Sample) []replicaRow {
	var rows []replicaRow
	for n := 0; ; n++ {
		value, ok := sample.Info[fmt.Sprintf("slave%d", n)]
		if !ok {
			return rows
		}
		f := pairs(value)
		behind := number(sample.Info["master_repl_offset"]) - number(f["offset"])
		rows = append(rows, replicaRow{
			Master: sample.Service, Replica: f["ip"] + ":" + f["port"], State: f["state"], Bad: f["state"] != "online",
			Behind: devenv.FormatBytes(max(behind, 0)) + ", heard " + f["lag"] + " s ago",
		})
	}
}

// sentinel is what a sentinel tells of its master in INFO.
func (m *Monitor) sentinel(sample devenv.Sample) sentinelRow {
	f := pairs(sample.Info["master0"])
	row := sentinelRow{
		Name: sample.Service, Master: f["name"], Addr: f["address"], Status: f["status"], Replicas: f["slaves"], Sentinels: f["sentinels"],
		Quorum: "not asked yet", Bad: f["status"] != "ok",
	}
	if q, asked := m.state.quorum[sample.Service]; asked {
		if row.Quorum = "can fail over"; q.err != nil {
			row.Quorum, row.Bad = q.err.Error(), true
		}
	}
	return row
}

// pairs reads a value with parts: "name=mymaster,status=ok".
func pairs(value string) map[string]string {
	all := map[string]string{}
	for field := range strings.SplitSeq(value, ",") {
		name, v, _ := strings.Cut(field, "=")
		all[name] = v
	}
	return all
}
