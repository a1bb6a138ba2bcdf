package conformance

import (
	"fmt"
	"regexp"
	"strings"
)

// An ID names a requirement for good: family, area, number, as in
// CACHE-TTL-003. It is never given to another requirement.
type ID string

var idForm = regexp.MustCompile(`^[A-Z]+-[A-Z]{3}-[0-9]{3}$`)

// Family is the first part of id, such as CACHE.
func (id ID) Family() string { return id.part(0) }

// Area is the second part of id, such as TTL.
func (id ID) Area() string { return id.part(1) }

func (id ID) part(i int) string {
	parts := strings.Split(string(id), "-")
	if i >= len(parts) {
		return ""
	}
	return parts[i]
}

// Anchor is where SPEC.md speaks of id, such as SPEC.md#cache-ttl-003.
func (id ID) Anchor() string { return "SPEC.md#" + strings.ToLower(string(id)) }

// valid returns what is wrong with the form of id within family, or nil.
func (id ID) valid(family string) error {
	if !idForm.MatchString(string(id)) || id.Family() != family {
		return fmt.Errorf("requirement %q: an ID reads %s-AAA-000: family, area of three capitals, number", id, family)
	}
	return nil
}
