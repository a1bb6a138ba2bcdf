package tap

import (
	"sync"
	"time"
)

// ringSize is how many finished commands a tap remembers: enough to see what
// led to a failure, few enough to print.
const ringSize = 32

// A ring keeps the last commands in memory that is used again and again. Its
// slots come one by one, since most tests send only a few commands.
type ring struct {
	mu    sync.Mutex
	slots []slot
	next  int
}

type slot struct {
	packed
	note
	reply Reply
	text  []byte
	took  time.Duration
}

// note is what a connection keeps of a command besides its arguments.
type note struct {
	seq, trip uint64
	conn      int
	sent      time.Time
	setup     bool
	fault     string
}

func (r *ring) add(p *packed, n note, reply *replyScanner, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.slots) < ringSize {
		r.slots = append(r.slots, slot{})
	}
	s := &r.slots[r.next]
	r.next = (r.next + 1) % ringSize
	p.copyTo(&s.packed)
	s.note, s.took = n, took
	s.reply, s.text = Reply{}, s.text[:0]
	if reply != nil {
		s.reply = Reply{Type: reply.typ, Len: reply.count, Size: reply.size}
		s.text = append(s.text, reply.text...)
	}
}

func (r *ring) commands() []Command {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Command, 0, len(r.slots))
	for i := range r.slots {
		s := &r.slots[i]
		if len(r.slots) == ringSize {
			s = &r.slots[(r.next+i)%ringSize]
		}
		c := s.note.command(&s.packed)
		c.Took, c.Reply = s.took, s.reply
		c.Reply.Text = string(s.text)
		out = append(out, c)
	}
	return out
}

func (n *note) command(p *packed) Command {
	return Command{
		Seq: n.seq, Conn: n.conn, Trip: n.trip, Setup: n.setup, Sent: n.sent, Fault: n.fault,
		Args: p.strings(), More: p.args - len(p.ends),
	}
}
