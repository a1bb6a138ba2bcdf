package resulttest

import (
	"fmt"
	"sync"
)

// workers is how many goroutines a check of concurrency uses.
const workers = 8

// crowd runs f in several goroutines at once and waits for all of them.
func (k *kit) crowd(f func(i int)) {
	k.Call("%d goroutines at once", workers)
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range workers {
		wait.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wait.Wait()
}

func concurrentRows() []row {
	return []row{
		{ID: "RESULT-CON-001", Profile: "strict", Says: "A success MUST stay though others store other states at the same time.",
			Why: "Celery reads, then writes: two workers can both find the task unfinished", Check: check(func(k *kit) {
				for round := range 5 {
					id := fmt.Sprint("a", round)
					k.crowd(func(i int) {
						d := failed(id, "lost")
						if i == workers/2 {
							d = succeeded(id, "won")
						}
						if err := k.b.Store(k.ctx, d); err != nil {
							k.Errorf("Store among %d goroutines failed: %v", workers, err)
						}
					})
					k.get(id).is(succeeded(id, "won"))
				}
			})},
		{ID: "RESULT-CON-002", Needs: needs{chords}, Says: "Of parts that are counted at the same time one MUST complete the chord, with all of them.",
			Why: "C52 C56: MULTI … EXEC", Check: check(func(k *kit) {
				for round := range 5 {
					group := fmt.Sprint("g", round)
					k.size(group, workers)
					var mu sync.Mutex
					complete := 0
					k.crowd(func(i int) {
						all, err := k.b.(Chords).AddPart(k.ctx, group, piece(i, fmt.Sprint("t", i), i))
						mu.Lock()
						defer mu.Unlock()
						if err != nil {
							k.Errorf("AddPart among %d goroutines failed: %v", workers, err)
						}
						if all != nil {
							complete++
						}
						for place, p := range all {
							if len(all) != workers || !samePart(p, piece(place, fmt.Sprint("t", place), place)) {
								k.Errorf("the chord was completed with %v, want %d parts in order", all, workers)
								break
							}
						}
					})
					if complete != 1 {
						k.Fatalf("%d of %d parts completed the chord, want 1", complete, workers)
					}
				}
			})},
	}
}
