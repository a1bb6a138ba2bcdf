package celery

import (
	"math/rand/v2"
	"sync"

	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// Chaos makes deliveries as unreliable as Celery's really are. Each message
// is struck at most once.
type Chaos struct {
	Seed      uint64
	Duplicate float64 // share of messages that arrive twice
	LoseAck   float64 // share of late acks that are lost: the task runs again, flagged as redelivered
}

// mischief is a Chaos at work. What happens to a message is drawn when it is
// first seen, so that it depends on the order of claims alone, not on that in
// which runs end.
type mischief struct {
	mu    sync.Mutex
	chaos Chaos
	dice  *rand.Rand      // nil: nothing was ever to happen
	lots  map[string]*lot // by delivery tag
}

// lot is what was drawn for a message: it is struck where this is below the share.
type lot struct {
	copy, lose     float64
	copied, thrown bool // struck already
}

func (m *mischief) set(c Chaos) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chaos, m.dice = c, rand.New(rand.NewPCG(c.Seed, 0x5eed))
	if m.lots == nil {
		m.lots = map[string]*lot{}
	}
}

// lot is that of a message, nil if nothing happens to any; m.mu is held.
func (m *mischief) lot(d broker.Delivery) *lot {
	if m.dice == nil || m.chaos.Duplicate <= 0 && m.chaos.LoseAck <= 0 {
		return nil
	}
	tag := tagOf(d)
	l := m.lots[tag]
	if l == nil {
		l = &lot{copy: m.dice.Float64(), lose: m.dice.Float64()}
		m.lots[tag] = l
	}
	return l
}

// doubles reports whether a message that was claimed is to arrive once more.
func (m *mischief) doubles(d broker.Delivery) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lot(d)
	if l == nil || l.copied || l.copy >= m.chaos.Duplicate {
		return false
	}
	l.copied = true
	return true
}

// loses reports whether the late acknowledgement of a message is to get lost.
func (m *mischief) loses(d broker.Delivery) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lot(d)
	if l == nil || l.thrown || l.lose >= m.chaos.LoseAck {
		return false
	}
	l.thrown = true
	return true
}

// SetChaos makes the worker's deliveries unreliable from now on, for tests in
// its process. The broker has the methods that NewEager asks for. The first
// call comes before Run.
func (w *Worker) SetChaos(c Chaos) {
	if w.mischief == nil {
		w.mischief = &mischief{}
	}
	w.mischief.set(c)
}

// double makes copies of the claimed messages that are to arrive twice.
func (w *Worker) double(claimed []broker.Delivery) {
	if w.mischief == nil {
		return
	}
	for _, d := range claimed {
		if local, ok := w.app.set.Broker.(inProcess); ok && w.mischief.doubles(d) {
			local.Copy(d)
		}
	}
}
