package cache

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Keys makes keys for what applications cache most: permissions and the
// responses of an API. The same parts give the same key in every process and
// release; parts of different texts never give the same key. The zero value is
// useful and safe for concurrent use.
type Keys struct {
	// Namespace stands first, such as the name of the application.
	Namespace string
	// Version stands second. Count it up when the form of the cached data
	// changes: the old entries are then never read again.
	Version int
	// MaxLength is the most bytes of a key; a longer one keeps its beginning
	// and ends in a hash of the whole. Zero means 200, which leaves room for
	// prefix and version within memcached's 250. The least is 48.
	MaxLength int
}

// Join makes the key of the given parts, which are escaped so that a colon, a
// space or a control character in one of them cannot be mistaken. It reads
// well, for example as app:v2:report:2026:q1. A part counts by its text, as in
// a URL: 42 and "42" are the same part. What has no text of its own, such as a
// list, a struct or what a pointer points to, is written as JSON.
func (k Keys) Join(parts ...any) string {
	var b strings.Builder
	if k.Namespace != "" {
		escapePart(&b, k.Namespace)
		b.WriteByte(':')
	}
	fmt.Fprintf(&b, "v%d", k.Version)
	for _, part := range parts {
		b.WriteByte(':')
		escapePart(&b, partText(part))
	}
	return k.fit(b.String())
}

// Permissions is the key of what a subject may do, on the whole or within a
// scope: Permissions("user", 42) or Permissions("user", 42, "project", 7).
// All permissions of a subject match Pattern("permissions", "user", 42).
func (k Keys) Permissions(subject string, id any, scope ...any) string {
	parts := append([]any{"permissions", subject, id}, scope...)
	return k.Join(append(parts, "granted")...) // always more than the subject, for the pattern
}

// Pattern is the glob that matches every key made with the given first parts
// and at least one more, for Keys and DeletePattern. Keys that were shortened
// match as long as their first parts were kept.
func (k Keys) Pattern(parts ...any) string {
	return EscapePattern(Keys{k.Namespace, k.Version, 1 << 20}.Join(parts...)) + ":*"
}

// A Response describes a request whose response is cached, in the manner of
// the caching of Django REST framework.
type Response struct {
	// View names what answers, such as "orders.list".
	View string
	// Method of the request. Empty means GET; HEAD shares its key.
	Method string
	// URL of the request: scheme, host, path and query count, the names of the
	// query in any order, the values of each in theirs. The URL of a request
	// to a server of net/http has no scheme and no host: fill them in where
	// the responses differ by them.
	URL *url.URL
	// User sets the responses of users apart. Empty is for everyone.
	User string
	// Header of the request, and the names of those fields by which the
	// response varies. Values are hashed, so that no token stands in a key.
	Header map[string][]string
	Vary   []string
}

// Response is the key of a cached response: readable view, method and user,
// and a hash of everything else.
func (k Keys) Response(r Response) string {
	method := strings.ToUpper(r.Method)
	if method == "" || method == "HEAD" {
		method = "GET"
	}
	h := sha256.New()
	if r.URL != nil {
		fmt.Fprintf(h, "%q %q %q %q\n", strings.ToLower(r.URL.Scheme), strings.ToLower(r.URL.Host), r.URL.EscapedPath(), queryText(r.URL.RawQuery))
	}
	vary := make([]string, 0, len(r.Vary))
	for _, name := range r.Vary {
		vary = append(vary, strings.ToLower(name))
	}
	slices.Sort(vary)
	for _, name := range slices.Compact(vary) {
		var values []string
		for _, field := range slices.Sorted(maps.Keys(r.Header)) {
			if strings.EqualFold(field, name) {
				values = append(values, r.Header[field]...)
			}
		}
		fmt.Fprintf(h, "%q: %q\n", name, values)
	}
	return k.Join("response", r.View, method, r.User, hex.EncodeToString(h.Sum(nil)[:16]))
}

// queryText is the query in the order of its names. One that is not well formed,
// of which a parser would drop a part, is as it came.
func queryText(raw string) string {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return raw
	}
	return query.Encode()
}

// partText is the text of a part, which holds no address of this process.
func partText(part any) string {
	_, marshals := part.(encoding.TextMarshaler)
	_, prints := part.(fmt.Stringer)
	v := reflect.ValueOf(part)
	switch {
	case prints && !marshals:
		return fmt.Sprint(part)
	case v.Kind() == reflect.String && !marshals:
		return v.String()
	}
	b, err := json.Marshal(part)
	if err != nil {
		return fmt.Sprintf("%%!(%T)", part) // no data, such as a channel
	}
	var text string
	if b[0] == '"' && json.Unmarshal(b, &text) == nil {
		return text
	}
	return string(b)
}

// fit shortens a key that is too long to its beginning and a hash.
func (k Keys) fit(key string) string {
	limit := k.MaxLength
	if limit == 0 {
		limit = 200
	}
	limit = max(limit, 48)
	if len(key) <= limit {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	tail := "~" + hex.EncodeToString(sum[:16])
	cut := limit - len(tail)
	for cut > 0 && !utf8.RuneStart(key[cut]) {
		cut--
	}
	return key[:cut] + tail
}

// escapePart writes a part with percent signs for what has a meaning in keys.
func escapePart(b *strings.Builder, part string) {
	for i := range len(part) {
		switch c := part[i]; {
		case c <= ' ' || c == 0x7f || c == ':' || c == '%' || c == '~':
			fmt.Fprintf(b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
}
