package monitor

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// A serverLook asks one server what INFO does not tell.
type serverLook struct {
	m      *Monitor
	server devenv.WatchedServer
	client redis.UniversalClient
}

func (l *serverLook) close() {
	if l.client != nil {
		l.client.Close()
	}
}

func (l *serverLook) ask(ctx context.Context) {
	name, state := l.server.Instance.Name, l.m.state
	if !l.m.up(name) {
		return
	}
	if l.client == nil {
		client, err := l.m.open(l.server, l.server.Instance.URL.DB())
		if err != nil {
			state.set(func() { state.slow[name] = tell[[]slowEntry](nil, err) })
			return
		}
		l.client = client
	}
	if l.server.Instance.Watches {
		err := l.client.Do(ctx, "SENTINEL", "CKQUORUM", l.m.o.Settings.Sentinel.Master).Err()
		if ctx.Err() == nil {
			state.set(func() { state.quorum[name] = tell("", err) })
		}
		return
	}
	entries, seen, err := slowLog(ctx, l.client)
	if ctx.Err() != nil {
		return
	}
	state.set(func() {
		state.slow[name], state.slowSeen[name] = tell(entries, err), seen
	})
	l.askCluster(ctx)
}

// askCluster asks a node how it sees its cluster. One of them tells the nodes.
func (l *serverLook) askCluster(ctx context.Context) {
	name, state := l.server.Instance.Name, l.m.state
	clustered, first := false, true
	for _, s := range state.latestSamples() {
		if s.Info["cluster_enabled"] != "1" {
			continue
		}
		if s.Service == name {
			clustered = true
			break
		}
		first = false
	}
	if !clustered {
		return
	}
	text, err := l.client.ClusterInfo(ctx).Result()
	if ctx.Err() != nil {
		return
	}
	state.set(func() { state.cluster[name] = tell(fields(text), err) })
	if first {
		text, err := l.client.ClusterNodes(ctx).Result()
		if ctx.Err() != nil {
			return
		}
		state.set(func() { state.nodes = tell(readNodes(text), err) })
	}
}

// fields reads lines of name:value.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all[name] = value
		}
	}
	return all
}

// A clusterNode is one line of CLUSTER NODES.
type clusterNode struct {
	Addr   string
	Role   string // master or replica
	State  string // what is wrong with it, as fail? or handshake; "" when nothing is
	Of     string // address of its master
	Linked bool
	Slots  string // as 0-5460 5462
	Count  int    // of slots
}

func readNodes(text string) []clusterNode {
	var nodes []clusterNode
	masters := map[string]string{} // id of a node -> address
	var of []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 8 {
			continue
		}
		addr, _, _ := strings.Cut(f[1], "@")
		n := clusterNode{Addr: addr, Role: "master", Linked: f[7] == "connected"}
		var wrong []string
		for flag := range strings.SplitSeq(f[2], ",") {
			switch flag {
			case "slave":
				n.Role = "replica"
			case "master", "myself", "nofailover":
			default:
				wrong = append(wrong, flag)
			}
		}
		n.State = strings.Join(wrong, ", ")
		for _, slots := range f[8:] {
			if strings.HasPrefix(slots, "[") { // on the move to or from another node
				n.State = strings.TrimPrefix(n.State+", slots move", ", ")
				continue
			}
			n.Slots = strings.TrimSpace(n.Slots + " " + slots)
			n.Count += slotCount(slots)
		}
		masters[f[0]] = addr
		nodes, of = append(nodes, n), append(of, f[3])
	}
	for i, id := range of {
		nodes[i].Of = masters[id]
	}
	return nodes
}

// slotCount counts a range of slots, as 0-5460 or 7.
func slotCount(text string) int {
	from, to, ranged := strings.Cut(text, "-")
	if !ranged {
		return 1
	}
	return int(number(to)-number(from)) + 1
}

// A slowEntry is one command of a slow log, without its values.
type slowEntry struct {
	At      time.Time
	Took    time.Duration
	Command string
	Client  string // its name, or its address
}

// slowLimit is how many commands of each slow log are shown.
const slowLimit = 10

// slowLog reads the last slow commands of a server, and how many there were
// since its start.
func slowLog(ctx context.Context, client redis.UniversalClient) (entries []slowEntry, seen int64, err error) {
	log, err := client.SlowLogGet(ctx, slowLimit).Result()
	if err != nil {
		return nil, 0, err
	}
	for n, l := range log {
		if n == 0 {
			seen = l.ID + 1 // they are numbered from 0
		}
		e := slowEntry{At: l.Time, Took: l.Duration, Command: shownCommand(l.Args), Client: l.ClientName}
		if e.Client == "" {
			e.Client = l.ClientAddr
		}
		entries = append(entries, e)
	}
	return entries, seen, nil
}
