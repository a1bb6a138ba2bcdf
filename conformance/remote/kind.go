package remote

import (
	"errors"

	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
)

// ErrProtocol says that a child breaks the protocol: nothing it says counts
// from then on.
var ErrProtocol = errors.New("breach of protocol 1 (see conformance/remote/PROTOCOL.md)")

// Other is the kind of an error that is none of the others.
const Other = "other"

// kinds are those of errors in the protocol, and what the ports call them.
func kinds() map[string]error {
	return map[string]error{
		"not found":      cachetest.ErrNotFound,
		"not an integer": cachetest.ErrNotInteger,
		"overflow":       cachetest.ErrOverflow,
		"serialize":      cachetest.ErrSerialize,
		"deserialize":    cachetest.ErrDeserialize,
		"unavailable":    cachetest.ErrUnavailable,
		"wrong type":     cachetest.ErrWrongType,
		"not owned":      cachetest.ErrNotOwned,
		"invalid":        cachetest.ErrInvalid,
		"unsupported":    errors.ErrUnsupported,
		"stale":          brokertest.ErrStale,
		"unroutable":     brokertest.ErrUnroutable,
		Other:            errors.New(Other),
	}
}

// kindOf is the port's error of a kind of the protocol, or false if the
// protocol has no such kind.
func kindOf(kind string) (error, bool) {
	err, known := kinds()[kind]
	return err, known
}
