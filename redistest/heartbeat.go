package redistest

import (
	"context"
	"sync"
	"time"
)

const (
	// leaseLife is how long a lease outlives an owner that was killed.
	leaseLife = 30 * time.Second
	// leaseBeat leaves room for two lost beats.
	leaseBeat = 10 * time.Second
)

// beatScript makes leases last, each as long as it is its owner's.
//
//	KEYS     leases
//	ARGV     1: lifetime in ms; then the owner of each
//	returns  how many still are
//	atomic   as every script
const beatScript = `
local kept = 0
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[i + 1] then
    kept = kept + redis.call('PEXPIRE', key, ARGV[1])
  end
end
return kept
`

// A heartbeat keeps the leases of this process from running out. It is a
// timer rather than a goroutine: leases that failed tests keep until the
// process ends must not look like a leak of theirs.
type heartbeat struct {
	ctl *control

	mu    sync.Mutex
	held  map[string]string // lease to owner
	kept  time.Time         // when a beat last got through, or the first lease came
	timer *time.Timer       // nil unless leases are held
	beats sync.WaitGroup    // the beat under way
}

func newHeartbeat(ctl *control) *heartbeat {
	return &heartbeat{ctl: ctl, held: map[string]string{}}
}

func (b *heartbeat) add(lease, owner string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[lease] = owner
	if b.timer == nil {
		b.kept = time.Now()
		b.timer = time.AfterFunc(leaseBeat, b.beat)
	}
}

// remove forgets a lease; after the last one nothing runs any more.
func (b *heartbeat) remove(lease string) {
	b.mu.Lock()
	delete(b.held, lease)
	if len(b.held) > 0 || b.timer == nil {
		b.mu.Unlock()
		return
	}
	b.timer.Stop()
	b.timer = nil
	b.mu.Unlock()
	b.beats.Wait()
}

// beat runs on a goroutine of the timer, which remove waits for.
func (b *heartbeat) beat() {
	b.mu.Lock()
	if b.timer == nil {
		b.mu.Unlock()
		return
	}
	b.beats.Add(1)
	b.mu.Unlock()
	defer b.beats.Done()
	ctx, cancel := context.WithTimeout(context.Background(), leaseBeat)
	defer cancel()
	err := b.once(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.timer == nil:
		return
	case err == nil:
		b.kept = time.Now()
	case time.Since(b.kept) > leaseLife:
		// The leases have run out, which their return tells: nothing is left
		// to prolong on a server that has gone.
		clear(b.held)
		b.timer = nil
		return
	}
	b.timer.Reset(leaseBeat) // what failed is made up for by the next
}

// once prolongs all leases.
func (b *heartbeat) once(ctx context.Context) error {
	b.mu.Lock()
	keys, args := make([]string, 0, len(b.held)), []any{leaseLife.Milliseconds()}
	for lease, owner := range b.held {
		keys, args = append(keys, lease), append(args, owner)
	}
	b.mu.Unlock()
	if len(keys) == 0 {
		return nil
	}
	return b.ctl.client().Eval(ctx, beatScript, keys, args...).Err()
}
