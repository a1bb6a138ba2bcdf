package layertest

import (
	"context"
	"slices"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

// A Subject is a channel layer to be judged; see [conformance.Subject].
type Subject = conformance.Subject[Layer]

type (
	row        = conformance.Requirement[Layer]
	feature    = conformance.Feature[Layer]
	capability = conformance.Capability
	needs      = []capability
)

// Test judges subject in a subtest per requirement.
func Test(t *testing.T, subject Subject) {
	t.Helper()
	Suite().Test(t, subject)
}

// Check judges subject without a *testing.T.
func Check(ctx context.Context, subject Subject) *conformance.Report {
	return Suite().Check(ctx, subject, conformance.Options{})
}

// Suite is the family of requirements on channel layers.
func Suite() conformance.Suite[Layer] {
	return conformance.Suite[Layer]{
		Family: "LAYER",
		Title:  "The channel layer",
		Preface: `A channel layer in the manner of Django Channels. The specification is that of channel layers in
Channels 4; where a source is channels_redis, version 4 was seen to do so.`,
		Sources: []conformance.Source{
			{Mark: "S", Name: "the specification"},
			{Mark: "L", Name: "channels_redis"},
			{Mark: "L#", Name: "channels_redis issue "},
			{Mark: "C#", Name: "Channels issue "},
		},
		Areas: []conformance.Area{
			{Code: "SND", Title: "sending and receiving"},
			{Code: "NAM", Title: "names"},
			{Code: "LOC", Title: "channels of one layer"},
			{Code: "GRP", Title: "groups"},
			{Code: "CAP", Title: "capacity"},
			{Code: "EXP", Title: "expiry"},
			{Code: "PRC", Title: "several processes"},
			{Code: "PUB", Title: "layers that store nothing"},
			{Code: "CTX", Title: "contexts"},
			{Code: "FLU", Title: "flushing"},
			{Code: "ENC", Title: "encryption"},
			{Code: "SER", Title: "serializers"},
			{Code: "WIR", Title: "what lies on the server"},
			{Code: "RTT", Title: "round trips"},
			{Code: "SHD", Title: "several servers"},
			{Code: "FLT", Title: "failures at every step"},
			{Code: "CON", Title: "concurrency"},
			{Code: "LIN", Title: "linearizability"},
			{Code: "MDL", Title: "the model"},
			{Code: "QRK", Title: "where channels_redis deviates"},
		},
		Features: features(),
		Requirements: slices.Concat(
			sendRows(), nameRows(), localRows(), groupRows(), capacityRows(), expiryRows(), processRows(), publishRows(),
			contextRows(), flushRows(), encryptRows(), serializeRows(), wireRows(), tripRows(), shardRows(),
			faultRows(), concurrentRows(), modelRows(), quirkRows(),
		),
	}
}
