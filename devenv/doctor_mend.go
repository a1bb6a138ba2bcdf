package devenv

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A mend is what Doctor can do about a finding.
type mend struct {
	check, what string // what, as "set maxmemory-policy of the broker to noeviction"
	do          func(context.Context) error
}

func (x *examination) canMend(check, what string, do func(context.Context) error) {
	x.mends = append(x.mends, mend{check, what, do})
}

// perMend bounds one mend.
const perMend = 30 * time.Second

// mend does what can be done, and tells of each. No other command changes the
// environment meanwhile.
func (e *Env) mend(ctx context.Context, all []mend) []Finding {
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		f := AsFailure(err)
		return []Finding{{Check: "fix", Level: LevelFail, Message: "nothing was mended: " + f.Message, Fix: strings.Join(f.Fixes, " · ")}}
	}
	defer unlock()
	var told []Finding
	for _, m := range all {
		limited, cancel := context.WithTimeout(ctx, perMend)
		err := m.do(limited)
		cancel()
		if err != nil {
			told = append(told, Finding{m.check, LevelFail, fmt.Sprintf("could not %s: %v", m.what, err), "mend it as the finding below says"})
			continue
		}
		told = append(told, Finding{m.check, LevelOK, "mended: " + m.what, ""})
	}
	return told
}

// mendConfig has a server take a value of its configuration from the settings.
func (x *examination) mendConfig(p patient, name, want string) {
	x.canMend("drift", fmt.Sprintf("set %s of the %s to %s", name, p.Name, want), func(ctx context.Context) error {
		client, err := x.env.local(p.Instance)()
		if err != nil {
			return err
		}
		defer client.Close()
		return client.ConfigSet(ctx, name, want).Err()
	})
}

// mendModes takes a file or directory from the eyes of others.
func (x *examination) mendModes(path string) {
	x.canMend("secret files", "keep others from reading "+path, func(context.Context) error {
		mode, ok := modeOf(path)
		if !ok {
			return nil
		}
		return os.Chmod(path, mode.Perm()&^0o077)
	})
}

// mendBinding declares a queue again, as a worker does when it starts.
func (x *examination) mendBinding(u URL, binding, queue string) {
	x.canMend("queues", "declare the queue "+queue+" again", func(ctx context.Context) error {
		client, err := x.set.Open(u)
		if err != nil {
			return err
		}
		defer client.Close()
		return declare(ctx, client, binding, queue)
	})
}

// declare binds a queue to the exchange of its name, as kombu does.
func declare(ctx context.Context, client redis.UniversalClient, binding, queue string) error {
	return client.SAdd(ctx, binding, queue+prioritySeparator+prioritySeparator+queue).Err()
}

// mendLeftovers ends what no environment answers for.
func (x *examination) mendLeftovers() {
	if x.state != nil {
		return // a down would end what runs, too
	}
	x.canMend("leftovers", "end what was left behind", func(ctx context.Context) error {
		return x.env.down(ctx, DownOptions{Grace: stopGrace}, x.env.begin("down"))
	})
}
