package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

// TestBubble measures a test in a bubble for the command, which reads the line
// it prints. Time stands still inside, so it is taken outside.
func TestBubble(t *testing.T) {
	const tests, rounds = 50, 15
	var took []time.Duration
	for range rounds {
		start := time.Now()
		for range tests {
			synctest.Test(t, func(t *testing.T) {
				if err := redistest.Start(t, redistest.Bubble()).Client().Ping(t.Context()).Err(); err != nil {
					t.Error(err)
				}
			})
		}
		took = append(took, time.Since(start))
	}
	fmt.Printf("bubble %d ns\n", (median(took) / tests).Nanoseconds())
}
