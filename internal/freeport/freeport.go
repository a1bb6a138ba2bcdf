// Package freeport finds ports for the servers of tests that cannot be given
// port 0, because their address must be known before they start.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// A Range is a range of ports that one package draws from, below those the
// kernel takes for clients. It is safe for concurrent use.
type Range struct {
	First, Count int

	mu   sync.Mutex
	next int
}

// Take returns n ports of the loopback address that nobody listens on, nor on
// those so many above each as offsets say. No two calls get the same before
// the range has been gone around: the one that listens later would find its
// port taken. Another process begins elsewhere in the range.
func (r *Range) Take(n int, offsets ...int) ([]int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == 0 {
		r.next = rand.IntN(r.Count)
	}
	var ports []int
	for range r.Count {
		if len(ports) == n {
			return ports, nil
		}
		r.next++
		if port := r.First + r.next%r.Count; free(port, offsets) {
			ports = append(ports, port)
		}
	}
	if len(ports) == n {
		return ports, nil
	}
	return nil, fmt.Errorf("find %d free ports from %d to %d: there are %d", n, r.First, r.First+r.Count-1, len(ports))
}

func free(port int, offsets []int) bool {
	for _, offset := range append([]int{0}, offsets...) {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port+offset))
		if err != nil || l.Close() != nil {
			return false
		}
	}
	return true
}
