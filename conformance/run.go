package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options narrows and bounds a run. The zero value runs everything.
type Options struct {
	Only     func(ID) bool        // nil means every requirement
	Rerun    func(ID) string      // the command a failure names; "" leaves it out
	Watchdog time.Duration        // per requirement; 0 means 20 s
	Patience time.Duration        // for goroutines to end; 0 means 1 s, negative does not look
	Logf     func(string, ...any) // receives what constructors log; nil drops it
}

func (o Options) filled() Options {
	if o.Only == nil {
		o.Only = func(ID) bool { return true }
	}
	if o.Rerun == nil {
		o.Rerun = func(ID) string { return "" }
	}
	if o.Watchdog == 0 {
		o.Watchdog = 20 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = time.Second
	}
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	return o
}

// runner judges one subject. It runs one requirement at a time.
type runner[P any] struct {
	suite   Suite[P]
	subject Subject[P]
	opts    Options
	caps    *capabilities // nil until the first instance was built
}

// run judges r on a fresh instance.
func (n *runner[P]) run(ctx context.Context, r Requirement[P]) Result {
	started := time.Now()
	res := n.judge(ctx, r)
	res.Took = time.Since(started)
	n.suite.sign(r, &res)
	n.waive(&res)
	if res.Status >= Fail {
		res.Rerun = n.opts.Rerun(r.ID)
	}
	return res
}

func (n *runner[P]) waive(res *Result) {
	reason, waived := n.subject.Waive[res.ID]
	switch {
	case !waived:
	case res.Status == Fail:
		res.Status, res.Reason = Waived, reason
	case res.Status == Pass:
		res.Status = Fail
		res.Reason = fmt.Sprintf("waived (%s), but it holds: remove the waiver", reason)
	}
}

func (n *runner[P]) judge(ctx context.Context, r Requirement[P]) Result {
	if p := r.profile(); (p == Wire || p == Strict) && !slices.Contains(n.subject.Profiles, p) {
		return Result{Status: Skip, Reason: "profile not declared: " + string(p)}
	}
	if n.caps != nil {
		if reason := inapplicable(r, n.caps); reason != "" {
			return Result{Status: Skip, Reason: reason}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &bench{
		name:      n.suite.Family + "/" + n.subject.Name + "/" + string(r.ID),
		equipment: n.subject.Equipment,
		logf:      n.opts.Logf,
		gate:      make(chan struct{}),
	}
	b.phase.Store("build the instance")
	p := &Probe{bench: b}
	mark := fmt.Sprintf("%s %x", r.ID, rand.Uint64()) // an address would come again, and with it what another instance left behind
	done := make(chan attempted, 1)
	labelled(ctx, mark, func(ctx context.Context) {
		b.ctx = ctx
		go func() { done <- n.attempt(p, r) }() // waited for below, or abandoned by the watchdog
	})
	got, hung := n.await(b, done, cancel)
	res := got.Result
	if got.caps != nil {
		n.caps = got.caps
	}
	if hung || n.opts.Patience < 0 {
		return res
	}
	if left := leaks(mark, n.subject.Keeps, n.opts.Patience); len(left) > 0 {
		res.Status = Error
		res.Reason = fmt.Sprintf("%d goroutines outlive the instance (Subject.Keeps spares those that may):\n%s",
			len(left), strings.Join(left, "\n"))
	}
	return res
}

// inapplicable says why r does not bind a subject with caps, or "".
func inapplicable[P any](r Requirement[P], caps *capabilities) string {
	for _, c := range r.Needs {
		if !caps.has[c] {
			return "not claimed: " + string(c)
		}
	}
	if r.Denies != "" && caps.has[r.Denies] {
		return "only without: " + string(r.Denies)
	}
	if r.Declines != "" && !caps.declined[r.Declines] {
		return "only with the methods and without the capability: " + string(r.Declines)
	}
	return ""
}

// attempted is what became of one requirement, and what its instance can do.
type attempted struct {
	Result
	caps *capabilities
}

// attempt builds an instance, checks it and cleans up.
func (n *runner[P]) attempt(p *Probe, r Requirement[P]) (res attempted) {
	var port P
	built := false
	p.guard(func() {
		port = n.subject.New(p.bench)
		built = true
		if any(port) == nil {
			p.broke("the constructor returned nil")
		}
	}, func(v any, stack []byte) { p.broke("constructor panicked: %v\n%s", v, stack) })

	if built && !p.bench.Failed() {
		if p.caps = n.caps; p.caps == nil {
			p.caps = n.suite.detect(port, n.subject.Claims)
		}
		if reason := inapplicable(r, p.caps); reason != "" {
			res.Result = Result{Status: Skip, Reason: reason}
		} else {
			p.phase.Store("")
			p.guard(func() { r.Check(p, port) }, func(v any, stack []byte) {
				p.fail(fmt.Sprintf("panic: %v\n%s", v, trimStack(stack)))
			})
		}
	}
	p.phase.Store("clean up")
	p.clean()
	res.caps = p.caps
	if res.Status != Skip {
		res.Result = p.verdict(built)
	}
	return res
}

// verdict sums up what the probe and the bench recorded.
func (p *Probe) verdict(built bool) Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bench.mu.Lock()
	defer p.bench.mu.Unlock()
	switch {
	case len(p.broken) > 0:
		return Result{Status: Error, Reason: strings.Join(p.broken, "\n"), Failures: p.failures}
	case p.skipped != "":
		return Result{Status: Unproven, Reason: p.skipped}
	case !built:
		return Result{Status: Error, Reason: "the constructor ended its goroutine without a word"}
	case len(p.failures) > 0:
		return Result{Status: Fail, Failures: p.failures}
	case p.unproven != "":
		return Result{Status: Unproven, Reason: p.unproven}
	}
	return Result{Status: Pass}
}

// fail records a failure that has no line of the check to point at.
func (p *Probe) fail(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = append(p.failures, Failure{Text: text, Calls: slices.Clone(p.calls)})
}

// await waits for the result or gives up on a hung requirement. On giving up
// it cancels the requirement's context and grants it a last moment.
func (n *runner[P]) await(b *bench, done <-chan attempted, cancel func()) (res attempted, hung bool) {
	timer := time.NewTimer(n.opts.Watchdog)
	defer timer.Stop()
	for moving := false; ; moving = !moving {
		timer.Reset(n.opts.Watchdog)
		if moving {
			timer.Reset(10 * n.opts.Watchdog)
			if _, bubble := b.equipment.Clock.(Bubble); bubble {
				timer.Stop()
			}
		}
		select {
		case res = <-done:
			return res, false
		case <-b.gate:
			continue
		case <-timer.C:
		}
		break
	}
	phase, _ := b.phase.Load().(string)
	stacks := allStacks()
	cancel()
	timer.Reset(n.opts.Watchdog / 10)
	select {
	case <-done:
	case <-timer.C:
	}
	if phase != "" {
		res.Status, res.Reason = Error, fmt.Sprintf("%s: no end after %v", phase, n.opts.Watchdog)
		return res, true
	}
	res.Status = Fail
	res.Failures = []Failure{{Text: fmt.Sprintf("a call did not return within %v\n%s", n.opts.Watchdog, stacks)}}
	return res, true
}

// allStacks returns the goroutines that are inside a check.
func allStacks() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var in []string
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(g, "attempt") && strings.Contains(g, enginePrefix) && !strings.Contains(g, ".guard(") {
			in = append(in, g)
		}
	}
	return strings.Join(in, "\n\n")
}

// trimStack drops the frames of recover and of the engine from a panic's stack.
func trimStack(stack []byte) string {
	lines := strings.Split(strings.TrimSpace(string(stack)), "\n")
	first, last := 1, len(lines)
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") {
			first = i + 2
		}
		if i > first && strings.HasPrefix(line, enginePrefix) {
			last = i
			break
		}
	}
	return strings.Join(lines[min(first, last):last], "\n")
}
