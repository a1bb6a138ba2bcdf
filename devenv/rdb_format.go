package devenv

import (
	"strconv"
	"strings"
)

// ownFormat is the beginning of the RDB files that a server writes, the newest
// it reads; zero when the version is newer than what is known here. Redis 6.0
// to 8.0 and Valkey 8.1 and 9.1 were asked. Nobody asked the others: Redis 8.6
// is as its users report, 8.2 and 8.4 are taken for 8.0 and Valkey 9.0 for 9.1.
func ownFormat(version string, valkey bool) rdbHeader {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err1 := strconv.Atoi(major)
	m, err2 := strconv.Atoi(minor)
	if err1 != nil || err2 != nil {
		return rdbHeader{}
	}
	redis := func(format int) rdbHeader { return rdbHeader{Magic: "REDIS", Version: format} }
	switch {
	case valkey && (n == 7 || n == 8):
		return redis(11)
	case valkey && n == 9 && m <= 1:
		return rdbHeader{Magic: "VALKEY", Version: 80}
	case valkey:
		return rdbHeader{}
	case n == 6:
		return redis(9)
	case n == 7 && m < 2:
		return redis(10)
	case n == 7 && m < 4:
		return redis(11)
	case n == 7, n == 8 && m < 6:
		return redis(12)
	case n == 8 && m == 6:
		return redis(13)
	}
	return rdbHeader{}
}

// imageFor is an image whose server reads a file: of the version that wrote
// it, or the oldest known to read its format.
func (h rdbHeader) imageFor() string {
	product, version, _ := strings.Cut(h.Writer, " ")
	if major, rest, ok := strings.Cut(version, "."); ok {
		minor, _, _ := strings.Cut(rest, ".")
		if product == "valkey" {
			return "valkey/valkey:" + major + "." + minor
		}
		return "redis:" + major + "." + minor
	}
	switch {
	case h.Magic == "VALKEY":
		return "valkey/valkey:9"
	case h.Version <= 11:
		return "redis:7.2"
	case h.Version == 12:
		return "redis:8"
	}
	return "redis:8.6"
}
