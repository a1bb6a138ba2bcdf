package monitor

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The functions of this file write numbers for a reader.

// span is a duration in its two largest units: "3 d 4 h", "42 s".
func span(d time.Duration) string {
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	d = max(d, 0)
	for n, u := range units {
		if d < u.size && u.size > time.Second {
			continue
		}
		text := fmt.Sprintf("%d %s", d/u.size, u.name)
		if n+1 < len(units) {
			if rest := d % u.size / units[n+1].size; rest > 0 {
				text += fmt.Sprintf(" %d %s", rest, units[n+1].name)
			}
		}
		return text
	}
	return "" // not reached: the last unit takes all
}

// seconds is span for a number of seconds.
func seconds(s float64) string { return span(time.Duration(s * float64(time.Second))) }

// count groups the digits of a whole number: "12 345", with spaces that do not
// break.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return sign + digits
}

// decimal is a number with one decimal below ten.
func decimal(v float64) string {
	if v > 0 && v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return count(int64(v + 0.5))
}

// ms is a number of milliseconds.
func ms(v float64) string {
	digits := 2
	if v >= 10 {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " ms"
}

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + " %" }

// clock is the time of day.
func clock(t time.Time) string { return t.Local().Format(time.TimeOnly) }

// ago tells how long ago something was.
func ago(now, t time.Time) string { return span(now.Sub(t)) + " ago" }

// many is a number with its noun: "1 message", "3 messages".
func many(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n) + " " + noun
}
