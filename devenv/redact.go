package devenv

import (
	"fmt"
	"log/slog"
)

// redacted stands where a secret would: the same three stars for every
// secret, so that not even its length is told.
const redacted = "***"

// A Secret is a text that no print, log, marshalling or error shows: each of
// them gives "***", or nothing for the empty secret. Only Reveal returns the
// text. The zero value is the empty secret, which means "no password".
//
// The text is behind a pointer because fmt does not call the methods of an
// unexported field: it would print a string, but prints only an address here.
type Secret struct{ text *string }

// NewSecret returns a Secret holding text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself. Pass it to the one place that needs it (a
// connection, a process environment, a file of mode 0600), never to a print.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether both hold the same text; == compares identities.
func (s Secret) Equal(t Secret) bool { return s.Reveal() == t.Reveal() }

// String returns "***", or "" for the empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString is String for %#v.
func (s Secret) GoString() string { return fmt.Sprintf("devenv.Secret(%q)", s.String()) }

// Format redacts under every verb; without it %x or %d would reach the field.
func (s Secret) Format(f fmt.State, verb rune) { formatRedacted(f, verb, s.String(), s.GoString()) }

// MarshalText redacts for encoding/json, encoding/xml and every other encoder
// that knows encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue redacts for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

func formatRedacted(f fmt.State, verb rune, plain, syntax string) {
	switch {
	case verb == 'v' && f.Flag('#'):
		fmt.Fprint(f, syntax)
	case verb == 'q':
		fmt.Fprintf(f, "%q", plain)
	default:
		fmt.Fprint(f, plain)
	}
}
