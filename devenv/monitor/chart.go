package monitor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// A quantity is what one chart shows of every server.
type quantity struct {
	id, title string
	of        func(devenv.Stat) (value float64, known bool)
	write     func(float64) string
	worst     bool    // a bucket shows its largest value, not its mean
	most      float64 // the end of the axis; 0: by the values
	binary    bool    // the axis is divided in powers of two
	least     float64 // the axis ends no lower
}

func quantities() []quantity {
	always := func(of func(devenv.Stat) float64) func(devenv.Stat) (float64, bool) {
		return func(s devenv.Stat) (float64, bool) { return of(s), s.Up }
	}
	return []quantity{
		{id: "ops", title: "Commands per second", of: always(func(s devenv.Stat) float64 { return s.OpsPerSec }), write: decimal, least: 10},
		{id: "memory", title: "Memory used", of: always(func(s devenv.Stat) float64 { return float64(s.UsedMemory) }), write: func(v float64) string { return devenv.FormatBytes(int64(v)) }, binary: true, least: 1 << 20},
		{id: "hits", title: "Hit ratio", of: func(s devenv.Stat) (float64, bool) {
			if s.HitPercent == nil {
				return 0, false
			}
			return *s.HitPercent, true
		}, write: percent, most: 100},
		{id: "p50", title: "PING latency, median", of: always(func(s devenv.Stat) float64 { return s.PingP50MS }), write: ms, least: 0.5},
		{id: "p99", title: "PING latency, 99th percentile", of: always(func(s devenv.Stat) float64 { return s.PingP99MS }), write: ms, worst: true, least: 0.5},
		{id: "evictions", title: "Keys evicted per second", of: always(func(s devenv.Stat) float64 { return s.EvictedPerSec }), write: decimal, worst: true, least: 10},
	}
}

// The canvas of a chart, in its own units, and how finely it is drawn.
const (
	chartWidth, chartHeight         = 400, 150
	plotLeft, plotRight             = 58, 392
	plotTop, plotBottom             = 10, 126
	buckets                         = 180
	bucketSpan                      = shown / buckets
	plotWide, plotHigh      float64 = plotRight - plotLeft, plotBottom - plotTop
)

// A chart is one drawing, with the same in words.
type chart struct {
	ID, Title, Label string
	Lines            []line
	Grid             []gridLine
	Hours            []tick
	Width, Height    int
	Left, Right      int
	Empty            string // why there is nothing to see
}

type line struct {
	Number               int // of the style
	Name, Path           string
	Now, Mean, Most, Few string
}

type gridLine struct {
	Y    string
	Text string
}

type tick struct {
	X, Text, Anchor string
}

// draw makes the chart of a quantity over the time up to now.
func draw(q quantity, names []string, histories map[string]history, now time.Time) chart {
	c := chart{ID: q.id, Title: q.title, Width: chartWidth, Height: chartHeight, Left: plotLeft, Right: plotRight}
	values := map[string][]point{}
	most := q.least
	for _, name := range names {
		values[name] = q.buckets(histories[name], now)
		for _, p := range values[name] {
			most = max(most, p.value)
		}
	}
	end := q.most
	if end == 0 {
		end = axisEnd(most, q.binary)
	}
	words := []string{}
	for n, name := range names {
		l := line{Number: n % lineStyles, Name: name, Path: path(values[name], end)}
		l.Now, l.Mean, l.Most = q.words(histories[name])
		words = append(words, fmt.Sprintf("%s now %s, at most %s", name, l.Now, l.Most))
		c.Lines = append(c.Lines, l)
	}
	c.Label = q.title + " in the last 15 minutes: " + strings.Join(words, "; ")
	for _, part := range []float64{0, 0.5, 1} {
		c.Grid = append(c.Grid, gridLine{coordinate(plotBottom - part*plotHigh), q.write(end * part)})
	}
	for _, minute := range []int{15, 10, 5, 0} {
		t := tick{X: coordinate(plotRight - float64(minute)/15*plotWide), Text: fmt.Sprintf("−%d min", minute), Anchor: "middle"}
		if minute == 0 {
			t.Text, t.Anchor = "now", "end"
		}
		c.Hours = append(c.Hours, t)
	}
	return c
}

// lineStyles is how many lines can be told apart, by colour and by dashes.
const lineStyles = 8

// A point is the value of a bucket, counted from the oldest.
type point struct {
	bucket int
	value  float64
}

// buckets sums up a history; what is not known leaves a gap.
func (q quantity) buckets(h history, now time.Time) []point {
	var points []point
	sum, number, last := 0.0, 0, -1
	finish := func() {
		if number > 0 {
			value := sum
			if !q.worst {
				value /= float64(number)
			}
			points = append(points, point{last, value})
		}
		sum, number = 0, 0
	}
	// Buckets begin at whole multiples, so that a point does not change when
	// time goes on.
	newest := now.UnixNano() / int64(bucketSpan)
	for _, s := range h {
		bucket := buckets - 1 - int(newest-s.At.UnixNano()/int64(bucketSpan))
		value, known := q.of(s)
		if bucket < 0 || !known {
			continue
		}
		if bucket != last {
			finish()
			last = bucket
		}
		number++
		if q.worst {
			sum = max(sum, value)
		} else {
			sum += value
		}
	}
	finish()
	return points
}

// words are the newest value, the mean and the largest.
func (q quantity) words(h history) (now, mean, most string) {
	sum, number, largest := 0.0, 0, 0.0
	now = "none"
	for _, s := range h {
		value, known := q.of(s)
		if !known {
			continue
		}
		sum, number, largest = sum+value, number+1, max(largest, value)
	}
	if number == 0 {
		return "none", "none", "none"
	}
	for at := len(h) - 1; at >= 0 && at >= len(h)-5; at-- {
		if value, known := q.of(h[at]); known {
			now = q.write(value)
			break
		}
	}
	return now, q.write(sum / float64(number)), q.write(largest)
}

// path draws points as a line that is broken where one is missing.
func path(points []point, end float64) string {
	var b strings.Builder
	last := -2
	for n, p := range points {
		x := plotLeft + float64(p.bucket)/float64(buckets-1)*plotWide
		y := plotBottom - min(p.value/end, 1)*plotHigh
		letter := "L"
		if p.bucket != last+1 {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%s %s", letter, coordinate(x), coordinate(y))
		if alone := letter == "M" && (n+1 == len(points) || points[n+1].bucket != p.bucket+1); alone {
			b.WriteString("h.1") // a dot
		}
		last = p.bucket
	}
	return b.String()
}

func coordinate(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

// axisEnd is the next round number from a value up.
func axisEnd(most float64, binary bool) float64 {
	if binary {
		return math.Exp2(math.Ceil(math.Log2(most)))
	}
	scale := math.Pow(10, math.Floor(math.Log10(most)))
	for _, step := range []float64{1, 2, 5} {
		if step*scale >= most {
			return step * scale
		}
	}
	return 10 * scale
}
