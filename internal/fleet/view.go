package fleet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/hashslot"
)

// A Member is a node of a cluster as another one sees it.
type Member struct {
	ID, Addr string
	Self     bool
	Master   bool
	Failed   bool
	Of       string   // ID of the master, "" for a master
	Epoch    int      // of its claim on its slots: the higher one wins
	Slots    [][2]int // first and last of each range
	Heard    bool     // has answered a ping
	Linked   bool
}

// View asks a node how it sees the cluster.
func View(ctx context.Context, c *redis.Client) ([]Member, error) {
	text, err := c.ClusterNodes(ctx).Result()
	if err != nil {
		return nil, err
	}
	var all []Member
	for line := range strings.Lines(text) {
		m, err := parseMember(strings.Fields(line))
		if err != nil {
			return nil, fmt.Errorf("CLUSTER NODES: %q: %w", line, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// parseMember reads a line of CLUSTER NODES:
// id ip:port@bus[,host] flags master ping pong epoch link slot ...
func parseMember(f []string) (m Member, err error) {
	if len(f) < 8 {
		return m, fmt.Errorf("want at least 8 fields")
	}
	addr, _, _ := strings.Cut(f[1], "@")
	flags := strings.Split(f[2], ",")
	m = Member{ID: f[0], Addr: addr, Linked: f[7] == "connected"}
	m.Self, m.Master = slices.Contains(flags, "myself"), slices.Contains(flags, "master")
	m.Failed = slices.Contains(flags, "fail") || slices.Contains(flags, "fail?")
	m.Heard = f[5] != "0"
	if m.Epoch, err = strconv.Atoi(f[6]); err != nil {
		return m, fmt.Errorf("epoch: %w", err)
	}
	if f[3] != "-" {
		m.Of = f[3]
	}
	for _, r := range f[8:] {
		if strings.HasPrefix(r, "[") { // a slot on its way in or out
			continue
		}
		first, last, ranged := strings.Cut(r, "-")
		if !ranged {
			last = first
		}
		var span [2]int
		for i, text := range []string{first, last} {
			if span[i], err = strconv.Atoi(text); err != nil {
				return m, err
			}
		}
		m.Slots = append(m.Slots, span)
	}
	return m, nil
}

func (m *Member) has(slot int) bool {
	return slices.ContainsFunc(m.Slots, func(s [2]int) bool { return s[0] <= slot && slot <= s[1] })
}

// Owner returns who serves slot in a view.
func Owner(all []Member, slot int) (Member, bool) {
	for _, m := range all {
		if m.has(slot) {
			return m, true
		}
	}
	return Member{}, false
}

// Shares divides the slots among n masters, as redis-cli --cluster create does.
func Shares(n int) [][2]int {
	out := make([][2]int, n)
	for i := range out {
		out[i] = [2]int{i * hashslot.Count / n, (i+1)*hashslot.Count/n - 1}
	}
	return out
}
