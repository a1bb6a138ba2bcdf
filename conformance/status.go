package conformance

import "fmt"

// A Status is the outcome of one requirement, from best to worst: a parent
// has the worst of its children.
type Status uint8

// The statuses.
const (
	Pass     Status = iota
	Skip            // the subject does not claim what the requirement needs
	Unproven        // this run cannot decide it: no faults, no clock, no time
	Waived          // failed, as the subject said it would
	Fail            // the subject broke the requirement
	Error           // the suite, the harness or the constructor broke
)

var statusNames = [...]string{"pass", "skip", "unproven", "waived", "fail", "error"}

// String is the lower-case name of s.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", uint8(s))
}

// MarshalText writes s by its name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Status) UnmarshalText(text []byte) error {
	for i, name := range statusNames {
		if name == string(text) {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("status %q: want one of %q", text, statusNames)
}
