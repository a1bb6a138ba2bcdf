package devenv

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// A kind reads the values of one form. Its errors say what is wanted and
// never repeat the value: the caller shows it, redacted where it must be.
type kind struct {
	form  string
	empty bool // "" is a value, not "unset"
	set   func(l *loader, name, value string) error
}

func (k kind) wants() error { return errors.New("want " + k.form) }

func choice[T ~string](field func(*Settings) *T, allowed ...T) kind {
	k := kind{form: joinChoices(allowed)}
	k.set = func(l *loader, _, value string) error {
		for _, a := range allowed {
			if value == string(a) {
				*field(l.settings) = a
				return nil
			}
		}
		return k.wants()
	}
	return k
}

func joinChoices[T ~string](allowed []T) string {
	var b strings.Builder
	for i, a := range allowed {
		switch {
		case i > 0 && i == len(allowed)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(a))
	}
	return b.String()
}

func boolKind(field func(*Settings) *bool) kind {
	k := kind{form: "on or off"}
	k.set = func(l *loader, _, value string) error {
		switch strings.ToLower(value) {
		case "on", "1", "true", "yes":
			*field(l.settings) = true
		case "off", "0", "false", "no":
			*field(l.settings) = false
		default:
			return k.wants()
		}
		return nil
	}
	return k
}

func portKind(field func(*Settings) *int) kind {
	k := kind{form: "a port from 1 to 65535, best below 32768"}
	k.set = func(l *loader, _, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 65535 {
			return k.wants()
		}
		*field(l.settings) = n
		return nil
	}
	return k
}

func sizeKind(field func(*Settings) *Size) kind {
	k := kind{form: "a size as 64mb, 1gb or 0"}
	k.set = func(l *loader, _, value string) error {
		size, err := ParseSize(value)
		if err != nil {
			return k.wants()
		}
		*field(l.settings) = size
		return nil
	}
	return k
}

func durationKind(field func(*Settings) *time.Duration) kind {
	k := kind{form: "a duration above zero as 30s or 2m, or seconds"}
	k.set = func(l *loader, _, value string) error {
		d, err := time.ParseDuration(value)
		if n, numeric := strconv.Atoi(value); numeric == nil {
			d, err = time.Duration(n)*time.Second, nil
		}
		if err != nil || d <= 0 {
			return k.wants()
		}
		*field(l.settings) = d
		return nil
	}
	return k
}

// maxSeconds keeps a number of seconds inside time.Duration.
const maxSeconds = int64(time.Duration(1<<63-1) / time.Second)

func parseSeconds(value string) (time.Duration, bool) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > maxSeconds {
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}

// secondsKind is a duration as Django and Celery write it.
func secondsKind(field func(*Settings) *time.Duration) kind {
	k := kind{form: "whole seconds above zero"}
	k.set = func(l *loader, _, value string) error {
		d, ok := parseSeconds(value)
		if !ok || d == 0 {
			return k.wants()
		}
		*field(l.settings) = d
		return nil
	}
	return k
}

func textKind(field func(*Settings) *string) kind {
	return kind{form: "text", empty: true, set: func(l *loader, _, value string) error {
		*field(l.settings) = value
		return nil
	}}
}

func secretKind(field func(*Settings) *Secret) kind {
	return kind{form: "text", empty: true, set: func(l *loader, _, value string) error {
		*field(l.settings) = NewSecret(value)
		return nil
	}}
}

var programKind = kind{form: "the name or path of a redis-server or valkey-server", set: func(l *loader, _, value string) error {
	l.settings.RedisServer = value
	return nil
}}
