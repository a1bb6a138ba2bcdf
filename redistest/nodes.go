package redistest

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/redkit-dev/redkit/internal/hashslot"
)

// nodes are the masters of a cluster, each with a control of its own.
type nodes struct {
	first *control

	mu sync.Mutex
	by map[string]*control // address to control
}

func newNodes(_ context.Context, first *control) (*nodes, error) {
	if first.end.Dial != nil {
		return nil, fmt.Errorf("a cluster behind a dialer has no addresses")
	}
	return &nodes{first: first, by: map[string]*control{first.end.Addr: first}}, nil
}

// of returns the control of the master that holds a tag's slot. Slots move,
// so it asks each time.
func (n *nodes) of(ctx context.Context, tag string) (*control, error) {
	//lint:ignore SA1019 Redis 6 has no CLUSTER SHARDS
	slots, err := n.first.client().ClusterSlots(ctx).Result()
	if err != nil {
		return nil, fmt.Errorf("ask for the slots of the cluster: %w", err)
	}
	slot := hashslot.Of(tag)
	for _, s := range slots {
		if slot < s.Start || slot > s.End || len(s.Nodes) == 0 {
			continue
		}
		host, port, err := net.SplitHostPort(s.Nodes[0].Addr)
		if err != nil {
			return nil, fmt.Errorf("read the address of a node, %q: %w", s.Nodes[0].Addr, err)
		}
		if host == "" { // the node does not know its own address
			if host, _, err = net.SplitHostPort(n.first.end.Addr); err != nil {
				return nil, err
			}
		}
		return n.at(net.JoinHostPort(host, port)), nil
	}
	return nil, fmt.Errorf("slot %d has no master: the cluster is not complete", slot)
}

func (n *nodes) at(addr string) *control {
	n.mu.Lock()
	defer n.mu.Unlock()
	ctl := n.by[addr]
	if ctl == nil {
		end := n.first.end
		end.Addr = addr
		ctl = newControl(end, end.open)
		n.by[addr] = ctl
	}
	return ctl
}
