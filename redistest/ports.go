package redistest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// A port is one of the loopback address that this process has claimed for a
// server, until it is let go. Another process of this package leaves it alone,
// also while the server is dead: whoever listened there then would be taken
// for it by the nodes that knew it.
//
// The sign of the claim is the UDP port of the same number, which Redis does
// not use: it ends with the process, and works on every system.
type port struct {
	number int
	claim  net.PacketConn
}

func (p *port) String() string { return strconv.Itoa(p.number) }

// letGo ends the claim. Once more does nothing.
func (p *port) letGo() { _ = p.claim.Close() } // there is nothing to lose

func letGo(ports []*port) {
	for _, p := range ports {
		p.letGo()
	}
}

func numbers(ports []*port) (out []int) {
	for _, p := range ports {
		out = append(out, p.number)
	}
	return out
}

// claimPorts returns n ports of the loopback address that are free, and free
// above by fleet.BusOffset too. They are outside of the range that Linux and
// BSD draw the ports of outgoing connections from; another program may still
// take one before it is used, so the caller tries again with others.
func claimPorts(n int) ([]*port, error) {
	const low, high = 12_000, 22_000
	var ports []*port
	for tries := 0; len(ports) < n; tries++ {
		if tries > 1000 {
			letGo(ports)
			return nil, fmt.Errorf("find %d free ports between %d and %d", n, low, high)
		}
		number := low + rand.IntN(high-low)
		claim, err := net.ListenPacket("udp4", loopback(number))
		if err != nil {
			continue
		}
		p := &port{number, claim}
		if free(number) && free(number+fleet.BusOffset) {
			ports = append(ports, p)
		} else {
			p.letGo()
		}
	}
	return ports, nil
}

func free(number int) bool {
	l, err := net.Listen("tcp4", loopback(number))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func loopback(number int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(number)) }

// portTries is how often a server is booted again because a port was taken
// between looking for it and listening on it.
const portTries = 5

// portTaken tells that a server could not listen on its port.
func portTaken(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "address already in use")
}
