package redistest

import (
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

var (
	urlScheme  = lazy.Regexp(`(?i)^[a-z][a-z0-9+.-]*://`)
	plainHosts = lazy.Regexp(`^(?:(?:[\w.-]*|\[[0-9A-Fa-f:.%]+\])(?::\d{1,5})?,?)*$`)
	urlValue   = lazy.Regexp(`([?&;][^=&;]*=)[^&;]*`)
)

const hidden = "***"

// redacted is a URL for an error: without what may be a password, so without
// all before the last @, the values of options, and hosts that do not look
// like any. It does not parse, since it is for URLs that are wrong.
func redacted(text string) string {
	scheme := urlScheme().FindString(text)
	if scheme == "" {
		return hidden
	}
	rest := text[len(scheme):]
	user, at := "", strings.LastIndex(rest, "@")
	if at >= 0 {
		user, rest = hidden+"@", rest[at+1:]
	}
	end := strings.IndexAny(rest+"/", "/?")
	hosts, path := rest[:end], rest[end:]
	if !plainHosts().MatchString(hosts) {
		hosts = hidden
	}
	return scheme + user + hosts + urlValue().ReplaceAllString(path, "${1}"+hidden)
}
