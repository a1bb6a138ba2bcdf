package celery

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Schedule says when a task is due.
type Schedule interface {
	// Next is the first time after t at which the task is due; zero: never.
	Next(t time.Time) time.Time
}

// Every is a schedule of fixed intervals, Celery's schedule(run_every).
type Every time.Duration

// Next returns t plus the interval.
func (e Every) Next(t time.Time) time.Time {
	if e <= 0 {
		return time.Time{}
	}
	return t.Add(time.Duration(e))
}

// Crontab is Celery's crontab: a time is due if all five fields match it.
// That differs from cron, where a day matches if either day field does. The
// zero value is due every minute.
type Crontab struct {
	Minute, Hour, DayOfWeek, DayOfMonth, MonthOfYear string // "" is *
	Location                                         *time.Location

	parsed *fields
}

// fields are sets of values as bits.
type fields struct{ minute, hour, weekday, day, month uint64 }

// NewCrontab reads "minute hour day-of-month month day-of-week", as crontab
// files write it; each field may be *, a number, a name of a day or month, a
// range a-b, any of these with a step /n, or several separated by commas.
func NewCrontab(spec string, location *time.Location) (*Crontab, error) {
	parts := strings.Fields(spec)
	if len(parts) != 5 {
		return nil, fmt.Errorf("crontab %q: want five fields: minute, hour, day of month, month, day of week", spec)
	}
	c := &Crontab{Minute: parts[0], Hour: parts[1], DayOfMonth: parts[2], MonthOfYear: parts[3], DayOfWeek: parts[4], Location: location}
	return c, c.Validate()
}

var (
	dayNames   = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	monthNames = []string{"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// Validate reports every field that cannot be read.
func (c *Crontab) Validate() error {
	var f fields
	var problems []error
	for _, x := range []struct {
		name, text string
		low, high  int
		names      []string
		set        *uint64
	}{{"minute", c.Minute, 0, 59, nil, &f.minute}, {"hour", c.Hour, 0, 23, nil, &f.hour}, {"day of week", c.DayOfWeek, 0, 6, dayNames, &f.weekday},
		{"day of month", c.DayOfMonth, 1, 31, nil, &f.day}, {"month", c.MonthOfYear, 1, 12, monthNames, &f.month}} {
		var err error
		if *x.set, err = parseField(x.text, x.low, x.high, x.names); err != nil {
			problems = append(problems, fmt.Errorf("crontab %s %q: %w", x.name, x.text, err))
		}
	}
	if problems == nil {
		c.parsed = &f
	}
	return errors.Join(problems...)
}

func parseField(text string, low, high int, names []string) (set uint64, err error) {
	if text == "" {
		text = "*"
	}
	for part := range strings.SplitSeq(text, ",") {
		spec, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return 0, fmt.Errorf("step %q: want a number from 1", stepText)
			}
		}
		from, to := low, high
		if spec != "*" {
			first, last, ranged := strings.Cut(spec, "-")
			if from, err = parseValue(first, low, high, names); err != nil {
				return 0, err
			}
			to = from
			if ranged {
				if to, err = parseValue(last, low, high, names); err != nil {
					return 0, err
				}
			}
		}
		if to < from { // fri-mon and 22-2 go round, as in Celery
			to += high - low + 1
		}
		for v := from; v <= to; v += step {
			set |= 1 << (low + (v-low)%(high-low+1))
		}
	}
	return set, nil
}

func parseValue(text string, low, high int, names []string) (int, error) {
	for i, name := range names {
		if name != "" && len(text) >= 3 && strings.EqualFold(text[:3], name) {
			return i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q: want %d to %d", text, low, high)
	}
	return n, nil
}

// Next implements Schedule. A time that daylight saving skips is due at the
// next one that exists, and one that comes twice is due once.
func (c *Crontab) Next(t time.Time) time.Time {
	if c.parsed == nil && c.Validate() != nil {
		return time.Time{}
	}
	f := c.parsed
	location := c.Location
	if location == nil {
		location = time.UTC
	}
	t = t.In(location)
	at := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute()+1, 0, 0, location)
	for end := t.AddDate(9, 0, 0); at.Before(end); { // nine years hold a 29 February on every weekday but around 2100
		switch {
		case f.month>>int(at.Month())&1 == 0:
			at = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, location)
		case f.day>>at.Day()&1 == 0 || f.weekday>>int(at.Weekday())&1 == 0:
			at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, location)
		case f.hour>>at.Hour()&1 == 0:
			at = at.Truncate(time.Minute).Add(time.Duration(60-at.Minute()) * time.Minute)
		case f.minute>>at.Minute()&1 == 0 || !at.After(t):
			at = at.Add(time.Minute)
		default:
			return at
		}
	}
	return time.Time{}
}
