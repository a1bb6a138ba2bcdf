package remote

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// Protocol is the version that this package speaks.
const Protocol = 1

// A Greeting is what a child says first.
type Greeting struct {
	Protocol int    `json:"protocol"`
	Name     string `json:"name"`    // of what it serves; may be empty
	Version  string `json:"version"` // of what it serves; may be empty
	// Families are those it can be judged by, such as "cache".
	Families map[string]Served `json:"families"`
}

// Served is what a child says of itself for one family, as
// [conformance.Subject] has it.
type Served struct {
	Claims   []conformance.Capability  `json:"claims"`
	Profiles []conformance.Profile     `json:"profiles"`
	Waive    map[conformance.ID]string `json:"waive"`
	Clock    bool                      `json:"clock"` // it takes time from its own clock, which the operation advance moves
}

// Greeting is what the child said first.
func (p *Process) Greeting() Greeting { return p.greeting }

// Served is what the child says of itself for family. A child that names
// families and not this one is an error.
func (p *Process) Served(family string) (Served, error) {
	s, ok := p.greeting.Families[family]
	if !ok && len(p.greeting.Families) > 0 {
		names := slices.Sorted(maps.Keys(p.greeting.Families))
		return s, fmt.Errorf("the adapter serves %s, not %q", strings.Join(names, ", "), family)
	}
	return s, nil
}

// readGreeting returns what a first line says, or what is wrong with it.
func readGreeting(line string) (Greeting, error) {
	var g Greeting
	if err := json.Unmarshal([]byte(line), &g); err != nil {
		return g, fmt.Errorf("%w: the first line is no greeting: %s: %w", ErrProtocol, short(line), err)
	}
	if g.Protocol != Protocol {
		return g, fmt.Errorf(`%w: the child speaks protocol %d, want %d: its first line is {"protocol": %[3]d}`, ErrProtocol, g.Protocol, Protocol)
	}
	return g, nil
}
