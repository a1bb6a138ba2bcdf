package conformance

import "time"

// Clock is the clock of the instance.
func (p *Probe) Clock() Clock {
	if p.equipment.Clock == nil {
		return Wall{}
	}
	return p.equipment.Clock
}

// Advance moves the instance's time on by d. It is the only way a check lets
// time pass. On a Wall clock that has used its budget the check ends Unproven.
func (p *Probe) Advance(d time.Duration) {
	p.Call("Advance(%v)", d)
	clock := p.Clock()
	if wall, ok := clock.(Wall); ok {
		if p.waited += d; p.waited > wall.budget() {
			p.Unproven("needs %v of real time, the budget is %v: give Equipment.Clock", p.waited, wall.budget())
		}
	}
	p.pass()
	err := clock.Advance(p.ctx, d)
	p.pass()
	if err != nil {
		p.broke("%v", err)
	}
}

// Now is what time the instance takes it to be: that of its clock if it is a
// Teller, else the world's, which a clock that moves expiries leaves alone.
func (p *Probe) Now() time.Time {
	if clock, ok := p.Clock().(Teller); ok {
		return clock.Now()
	}
	return time.Now()
}

// NeedBlocking ends the check as Unproven if the clock does not move calls
// that wait.
func (p *Probe) NeedBlocking() {
	if !p.Clock().Blocking() {
		p.Unproven("the clock does not move calls that wait")
	}
}

// Still reports whether time stands still between two Advances.
func (p *Probe) Still() bool {
	f, ok := p.Clock().(Frozen)
	return ok && f.Frozen()
}

// Unit is a lifetime worth testing with on this clock: long against its grain
// and against a stalled machine, short against its budget. Checks use small
// multiples of it.
func (p *Probe) Unit() time.Duration {
	if wall, ok := p.Clock().(Wall); ok {
		return max(time.Second, 5*wall.Grain())
	}
	return 100 * time.Second
}

// Margin is how far from a deadline a check looks: a grain where time stands
// still, and more than a machine may stall where it runs.
func (p *Probe) Margin() time.Duration {
	switch wall, ok := p.Clock().(Wall); {
	case ok:
		return 2 * wall.Grain()
	case p.Still():
		return max(p.Clock().Grain(), time.Millisecond)
	default:
		return 10 * time.Second
	}
}

// A Deadline is a moment at which something must have changed, seen from both
// sides: Before it and After it. Make it just before the call that sets it.
type Deadline struct {
	p    *Probe
	left time.Duration
	real time.Time
}

// Deadline is the moment d from now.
func (p *Probe) Deadline(d time.Duration) *Deadline {
	return &Deadline{p: p, left: d, real: time.Now()}
}

// Before moves time to a margin before the deadline. What is seen then counts
// only if Early still says so after looking.
func (d *Deadline) Before() {
	step := d.left - d.p.Margin()
	if step < 0 {
		d.p.Unproven("the clock is too coarse: its margin is %v", d.p.Margin())
	}
	d.p.Advance(step)
	d.left -= step
	if _, ok := d.p.Clock().(Wall); ok {
		d.real = d.real.Add(step)
	}
}

// Early reports whether the deadline surely had not come until now: on a clock
// that runs, a stalled machine may have carried the check past it.
func (d *Deadline) Early() bool {
	return d.p.Still() || time.Since(d.real) < d.left
}

// After moves time to a margin past the deadline.
func (d *Deadline) After() {
	d.p.Advance(d.left + d.p.Margin())
	d.left = -d.p.Margin()
}
