package remote

import (
	"errors"

	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
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
		"serialize":      everywhere{cachetest.ErrSerialize, resulttest.ErrSerialize, tasktest.ErrSerialize},
		"deserialize":    everywhere{cachetest.ErrDeserialize, resulttest.ErrDeserialize},
		"unavailable":    everywhere{cachetest.ErrUnavailable, resulttest.ErrUnavailable},
		"wrong type":     cachetest.ErrWrongType,
		"not owned":      cachetest.ErrNotOwned,
		"invalid":        everywhere{cachetest.ErrInvalid, resulttest.ErrInvalid},
		"unsupported":    errors.ErrUnsupported,
		"stale":          brokertest.ErrStale,
		"unroutable":     everywhere{brokertest.ErrUnroutable, tasktest.ErrUnroutable},
		"unknown queue":  tasktest.ErrUnknownQueue,
		"full":           layertest.ErrFull,
		Other:            errors.New(Other),
	}
}

// everywhere is one kind of error that several ports name, in their words.
type everywhere []error

// Error is what the first port says.
func (e everywhere) Error() string { return e[0].Error() }

// Unwrap makes it each of them.
func (e everywhere) Unwrap() []error { return e }

// kindOf is the port's error of a kind of the protocol, or false if the
// protocol has no such kind.
func kindOf(kind string) (error, bool) {
	err, known := kinds()[kind]
	return err, known
}
