package targets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/fixtures"
)

// part is what -only leaves of a set.
func part(set *fixtures.Set, only string) (*fixtures.Set, error) {
	if only == "" {
		return set, nil
	}
	var places []fixtures.Place
	for word := range strings.SplitSeq(only, ",") {
		switch word = strings.TrimSpace(word); word {
		case "caches":
			places = append(places, slices.DeleteFunc(set.Places(), func(p fixtures.Place) bool { return strings.HasPrefix(string(p), "@") })...)
		case "queues":
			places = append(places, fixtures.Broker)
		case "results":
			places = append(places, fixtures.Results)
		case "channels":
			places = append(places, fixtures.Channels)
		default:
			places = append(places, fixtures.Place(word))
		}
	}
	of, err := set.Only(places...)
	if err == nil {
		return of, nil
	}
	var has []string
	for _, p := range set.Places() {
		if word, is := map[fixtures.Place]string{fixtures.Broker: "queues", fixtures.Results: "results", fixtures.Channels: "channels"}[p]; is {
			has = append(has, word)
		} else {
			has = append(has, string(p))
		}
	}
	return nil, &devenv.Failure{
		Code: "settings", Exit: devenv.ExitUsage, Message: fmt.Sprintf("REDKIT_ONLY=%s: not all of these are parts of the set %s", only, set.Name()),
		Fixes: []string{"some of: caches, " + strings.Join(has, ", ")}, Err: err,
	}
}

// confirmFlush asks before the databases of the set are emptied.
func (s *session) confirmFlush(ctx context.Context, set *fixtures.Set, to fixtures.Targets, o fixtures.Options) error {
	o.DryRun = true
	would, err := set.ApplyTo(ctx, to, o)
	if err != nil || would.Deleted == 0 {
		return nil // what is wrong is told by the writing itself
	}
	return s.confirm(fmt.Sprintf("This deletes the %d keys in the databases that %s writes to.", would.Deleted, set.Name()))
}
