package conformance

import (
	"fmt"
	"slices"
)

// A Capability names something an implementation may lack, such as
// "cache.locks".
type Capability string

// A Feature describes a capability of a family.
type Feature[P any] struct {
	Name Capability
	Says string // what an implementation with it can do, for SPEC.md
	// Has finds a method-shaped capability by interface assertion. A nil Has
	// makes it a behaviour, which a subject claims in [Subject.Claims].
	Has func(P) bool
}

// Implements is a [Feature.Has] that asserts the port to I.
func Implements[I, P any](port P) bool {
	_, ok := any(port).(I)
	return ok
}

// A Lacking port has methods only because its Go type has them: a wrapper, an
// adapter, a subject in another process. It names the capabilities behind
// them that it lacks; calls of those methods return errors.ErrUnsupported,
// which requirements that Decline a capability check.
type Lacking interface {
	Lacks() []Capability
}

// capabilities are those of one subject, found on its first instance.
type capabilities struct {
	has      map[Capability]bool
	declined map[Capability]bool // those with methods that Lacks names
}

func (s Suite[P]) detect(port P, claims []Capability) *capabilities {
	caps := &capabilities{map[Capability]bool{}, map[Capability]bool{}}
	for _, f := range s.Features {
		if f.Has != nil && f.Has(port) {
			caps.has[f.Name] = true
		}
	}
	for _, c := range claims {
		caps.has[c] = true
	}
	if l, ok := any(port).(Lacking); ok {
		for _, c := range l.Lacks() {
			if caps.has[c] { // without methods there is nothing to ask
				caps.declined[c] = true
			}
			delete(caps.has, c)
		}
	}
	return caps
}

// checkClaims refuses claims that no feature of the family has, or that are
// found by assertion: they would be silently without effect.
func (s Suite[P]) checkClaims(claims []Capability) error {
	for _, c := range claims {
		i := slices.IndexFunc(s.Features, func(f Feature[P]) bool { return f.Name == c })
		if i < 0 {
			return fmt.Errorf("claim %q: %s has no such capability", c, s.Family)
		}
		if s.Features[i].Has != nil {
			return fmt.Errorf("claim %q: it is found by its method and cannot be claimed", c)
		}
	}
	return nil
}
