package devenv

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Limit is from where on an alert warns, and from where on it is critical.
// A part that is nil never does.
type Limit struct{ Warn, Critical *float64 }

// severity judges a value: beyond is above the limit, or below it for a rule
// whose small values are bad.
func (l Limit) severity(value float64, below bool) Severity {
	beyond := func(limit *float64) bool {
		return limit != nil && (!below && value > *limit || below && value < *limit)
	}
	switch {
	case beyond(l.Critical):
		return SeverityCritical
	case beyond(l.Warn):
		return SeverityWarn
	}
	return ""
}

// A limited alert is one whose limits are settings.
type limitedAlert struct {
	rule, standard, doc string
	below               bool // small values are bad
}

// limitedAlerts is the table of them; the defaults are from the production
// advice of Redis's and Celery's documents and the public collections of
// alerts for redis_exporter.
func limitedAlerts() []limitedAlert {
	return []limitedAlert{
		{"broker_memory", "75,90", "percent of maxmemory that a broker uses: at 100 even LLEN in a transaction is refused", false},
		{"evictions", "100,-", "keys a second that a cache evicts; critical below the critical hit ratio", false},
		{"hit_ratio", "80,50", "percent of reads that a cache answers, of at least 1000", true},
		{"clients", "80,90", "percent of maxclients that are connected", false},
		{"fragmentation", "1.5,2", "memory the system gave for each byte used, of servers that use 100 MB", false},
		{"fsync_delays", "0,10", "writes a minute that waited for the disk", false},
		{"fork", "100,1000", "milliseconds that the last fork stopped a server", false},
		{"latency", "10,100", "milliseconds within which 99 of 100 PINGs are answered", false},
		{"slow_log", "10,100", "slow commands a minute", false},
		{"replica_lag", "1048576,-", "bytes that a replica is behind its master", false},
		{"replica_lag_seconds", "10,-", "seconds since a master has heard of a replica", false},
		{"queue_depth", "1000,10000", "messages that wait in one queue of Celery", false},
		{"unacked_age", "50,100", "percent of the visibility timeout since the oldest unacknowledged message was handed out: at 100 it is handed out again", false},
		{"backup_age", "168,-", "hours since the last backup of a server that keeps data", false},
	}
}

// alertVariable is the name of the setting of a rule's limits.
func alertVariable(rule string) string { return "REDKIT_ALERT_" + strings.ToUpper(rule) }

func alertVariables() []Variable {
	var all []Variable
	for _, a := range limitedAlerts() {
		k := limitKind(a)
		all = append(all, Variable{
			Name: alertVariable(a.rule), Group: groupAlerts, Default: a.standard, Form: k.form, kind: k, noFlag: true,
			Doc: strings.ToUpper(a.doc[:1]) + a.doc[1:] + ".",
		})
	}
	return all
}

func limitKind(a limitedAlert) kind {
	k := kind{form: "WARN,CRITICAL as " + a.standard + ", where - means never"}
	k.set = func(l *loader, _, value string) error {
		warn, critical, ok := strings.Cut(value, ",")
		var limit Limit
		var err1, err2 error
		limit.Warn, err1 = bound(warn)
		limit.Critical, err2 = bound(critical)
		if !ok || err1 != nil || err2 != nil {
			return k.wants()
		}
		if w, c := limit.Warn, limit.Critical; w != nil && c != nil && (!a.below && *w > *c || a.below && *w < *c) {
			return fmt.Errorf("want a warning before it is critical")
		}
		if l.settings.Alerts == nil {
			l.settings.Alerts = map[string]Limit{}
		}
		l.settings.Alerts[a.rule] = limit
		return nil
	}
	return k
}

func bound(text string) (*float64, error) {
	text = strings.TrimSpace(text)
	if text == "-" {
		return nil, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1e18) {
		return nil, fmt.Errorf("%q is no number from 0 up", text)
	}
	return &n, nil
}

// hours of a duration, as limits count them.
func hours(d time.Duration) float64 { return d.Hours() }
