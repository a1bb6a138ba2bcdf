package main

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// A contender does the same work as the others in its row.
type contender struct {
	name string
	// run does the work n times; it is called from several goroutines at once
	// if the row says so. worker counts them from 0.
	run func(worker, n int)
}

// A result is what one contender took.
type result struct {
	Name string `json:"name"`
	// Ratio of the time to that of the first contender, the median of the
	// rounds: in each the contenders run one after the other, so that what
	// else the machine does strikes them alike.
	Ratio float64 `json:"ratio"`
	// NsOp and OfNsOp are the times of both in the round of that ratio. Apart,
	// the medians of each may be of rounds that have nothing in common.
	NsOp   float64 `json:"ns_per_op"`
	OfNsOp float64 `json:"of_ns_per_op"`
	Allocs float64 `json:"allocs_per_op"`
	// CPU is the median ratio of the processor time of this program: it says
	// more than Ratio where others keep the machine busy.
	CPU float64 `json:"cpu_ratio"`
	// Best is the time of its fastest round.
	Best float64 `json:"best_ns_per_op"`
	// Extra allocations over those of the first.
	Extra float64 `json:"extra_allocs"`
}

const (
	rounds = 31
	slice  = 60 * time.Millisecond // one contender's part of a round
)

// compare runs the contenders in turns on the given number of goroutines.
func compare(goroutines int, all ...contender) []result {
	counts := make([]int, len(all))
	for i, c := range all {
		counts[i] = calibrate(goroutines, c)
	}
	times := make([][]float64, len(all))
	cpus := make([][]float64, len(all))
	allocs := make([][]float64, len(all))
	for round := range rounds {
		for j := range all {
			i := (j + round) % len(all) // nobody is always first
			before := cpuTime()
			ns, objects := once(goroutines, counts[i], all[i])
			cpus[i] = append(cpus[i], float64(cpuTime()-before)/float64(counts[i]))
			times[i] = append(times[i], ns)
			allocs[i] = append(allocs[i], objects)
		}
	}
	out := make([]result, len(all))
	for i, c := range all {
		ratios, cpu := make([]float64, rounds), make([]float64, rounds)
		for r := range rounds {
			ratios[r] = times[i][r] / times[0][r]
			cpu[r] = cpus[i][r] / cpus[0][r]
		}
		out[i] = result{
			Name: c.name, Best: slices.Min(times[i]), Allocs: median(allocs[i]),
			Ratio: median(ratios), CPU: median(cpu), Extra: median(allocs[i]) - median(allocs[0]),
		}
		of := ratios // the first contender's are all 1
		if i == 0 {
			of = times[0]
		}
		middle := slices.Index(of, median(of))
		out[i].NsOp, out[i].OfNsOp = times[i][middle], times[0][middle]
	}
	return out
}

// calibrate finds how many operations fill a slice, and warms up meanwhile.
func calibrate(goroutines int, c contender) int {
	for n := goroutines; ; n *= 2 {
		begin := time.Now()
		work(goroutines, n, c)
		if took := time.Since(begin); took > slice/4 {
			return max(goroutines, int(float64(n)*float64(slice)/float64(took)))
		}
	}
}

// once returns nanoseconds and allocations per operation.
func once(goroutines, n int, c contender) (ns, objects float64) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	work(goroutines, n, c)
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	return float64(took) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)
}

// work shares n operations among the goroutines and waits for all of them.
func work(goroutines, n int, c contender) {
	if goroutines == 1 {
		c.run(0, n)
		return
	}
	var all sync.WaitGroup
	for w := range goroutines {
		all.Go(func() { c.run(w, max(1, n/goroutines)) })
	}
	all.Wait()
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.SortFunc(s, cmp.Compare[float64])
	return s[len(s)/2]
}

// cpuTime is the processor time that this program has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
