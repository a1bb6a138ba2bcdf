package devenv

import (
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

var (
	schemePrefix = lazy.Regexp(`(?i)^[a-z][a-z0-9+.-]*://`)
	plainUser    = lazy.Regexp(`^[A-Za-z0-9_.-]*$`)
	plainHosts   = lazy.Regexp(`^` + plainHost + `(?:[,;]` + plainHost + `)*$`)
	anyOption    = lazy.Regexp(`([?&;])([^=&;]*)=([^&;]*)`)
)

const plainHost = `(?:[A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.%]+\])(?::\d{1,5})?`

// RedactURL returns raw with "***" for passwords: before an '@', as the value
// of password= and of every option that is not known to be harmless, and, when
// raw is no URL at all, for the whole. It does not parse, so it also serves for malformed URLs: all between
// the scheme and the last '@' counts as credentials.
func RedactURL(raw string) string {
	if raw == "" {
		return ""
	}
	var urls []string // kombu separates several by ';'
	for piece := range strings.SplitSeq(raw, ";") {
		if len(urls) > 0 && !schemePrefix().MatchString(piece) {
			urls[len(urls)-1] += ";" + piece // of a password or of a list of hosts
			continue
		}
		urls = append(urls, piece)
	}
	for i, u := range urls {
		urls[i] = redactOne(u)
	}
	return strings.Join(urls, ";")
}

func redactOne(raw string) string {
	scheme := schemePrefix().FindString(raw)
	if scheme == "" {
		return redacted
	}
	rest := raw[len(scheme):]
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, _, both := strings.Cut(rest[:at], ":")
		if !both || !plainUser().MatchString(user) {
			user = ""
		} else {
			user += ":"
		}
		return scheme + user + redacted + redactOptions(rest[at:])
	}
	// A password whose @host was forgotten looks like a port.
	authority := rest[:strings.IndexAny(rest+"/", "/?")]
	rest = rest[len(authority):]
	if !plainHosts().MatchString(authority) {
		authority = redacted
	}
	return scheme + authority + redactOptions(rest)
}

// redactOptions hides the value of an unknown option too: it may be a
// password under a misspelt name.
func redactOptions(text string) string {
	known := urlOptions()
	return anyOption().ReplaceAllStringFunc(text, func(m string) string {
		sub := anyOption().FindStringSubmatch(m)
		if o, ok := known[sub[2]]; ok && !o.secret {
			return m
		}
		return sub[1] + sub[2] + "=" + redacted
	})
}

// printable shortens a piece of a user's text for an error.
func printable(text string) string {
	const limit = 40
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}
