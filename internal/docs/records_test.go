package docs_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// record reads a file of bench/ into value.
func record(t *testing.T, name string, value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, "../../bench/"+name+".json")), value); err != nil {
		t.Fatalf("read bench/%s.json: %v", name, err)
	}
}

func inverse(x float64) float64 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// redistestFigures leave out what is a size and no time.
func redistestFigures(t *testing.T) (all []figure) {
	var file struct {
		Comparisons []struct {
			Name, Base, Unit        string
			Value, Of, Ratio, Limit float64
			Faster                  bool
		}
	}
	record(t, "redistest", &file)
	for _, c := range file.Comparisons {
		if c.Unit != "ms" {
			continue
		}
		f := figure{"redistest", c.Name, c.Base, c.Value, c.Of, c.Unit, c.Ratio, c.Limit}
		if !c.Faster {
			f.speed, f.aim = inverse(c.Ratio), inverse(c.Limit)
		}
		all = append(all, f)
	}
	return all
}

// celeryFigures leave out what is compared with nothing, and sizes.
func celeryFigures(t *testing.T) (all []figure) {
	var file struct {
		Comparisons []struct {
			Name, Base, Unit       string
			Ours, Of, Ratio, Reach float64
			Less                   bool
		}
	}
	record(t, "celery", &file)
	for _, c := range file.Comparisons {
		if c.Of == 0 || c.Unit == "MB" {
			continue
		}
		f := figure{"celery", c.Name, c.Base, c.Ours, c.Of, c.Unit, c.Ratio, c.Reach}
		if c.Less {
			f.speed, f.aim = inverse(c.Ratio), inverse(c.Reach)
		}
		all = append(all, f)
	}
	return all
}

func upFigures(t *testing.T) (all []figure) {
	var file struct {
		Comparisons []struct {
			Name, Base   string
			MS           float64 `json:"ms"`
			Of           float64 `json:"of_ms"`
			Ratio, Limit float64
		}
	}
	record(t, "up", &file)
	for _, c := range file.Comparisons {
		all = append(all, figure{"up", c.Name, c.Base, c.MS, c.Of, "ms", inverse(c.Ratio), inverse(c.Limit)})
	}
	return all
}

// cacheFigures compare each contender with the first of its row.
func cacheFigures(t *testing.T) (all []figure) {
	var file struct {
		Rows []struct {
			Work, Against string
			Goroutines    int
			Reach         float64
			Results       []struct {
				Name  string
				NS    float64 `json:"ns_per_op"`
				Of    float64 `json:"of_ns_per_op"`
				Ratio float64
			}
		}
	}
	record(t, "cache", &file)
	for _, r := range file.Rows {
		goroutines := fmt.Sprintf("%d goroutines", r.Goroutines)
		if r.Goroutines == 1 {
			goroutines = "1 goroutine"
		}
		for _, c := range r.Results[1:] {
			all = append(all, figure{"cache", fmt.Sprintf("%s, %s, %s", r.Work, goroutines, c.Name), r.Against,
				c.NS / 1000, c.Of / 1000, "µs", inverse(c.Ratio), inverse(r.Reach)})
		}
	}
	return all
}
