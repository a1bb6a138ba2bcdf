package devenv

import "strings"

// sentinels judges what watches the master, and that there is one.
func (j *judge) sentinels() {
	master := j.env.set.Sentinel.Master
	if len(j.env.set.Sentinel.Addrs) > 0 {
		j.is(j.o.sentinel != nil, "sentinel", SeverityCritical, "", "see them: SENTINEL CKQUORUM "+master, "the sentinels could not fail over: %v", j.o.sentinel)
	}
	var masters []string
	watched, whole := false, true
	for _, s := range j.o.samples {
		switch {
		case !s.Up():
			whole = false
		case s.Role() == "sentinel":
			watched = true
			j.watches(s)
		case s.group == string(ProfileSentinel) && s.Role() == "master":
			masters = append(masters, s.Service)
		}
	}
	if watched && whole {
		j.is(len(masters) == 0, "masters", SeverityCritical, "", "wait for a failover: "+j.env.run("wait"), "none of the servers that the sentinels watch is a master")
		j.is(len(masters) > 1, "masters", SeverityCritical, "", "wait until the sentinels have made one of them a replica: "+j.env.run("wait"),
			"%s are masters at once: what is written to one of them will be lost", strings.Join(masters, " and "))
	}
}

// watches judges what one sentinel says of its master in INFO:
// master0:name=mymaster,status=sdown,address=…
func (j *judge) watches(s Sample) {
	status := word(s.Info["master0"], "status")
	j.is(status == "", "sentinel_master", SeverityCritical, s.Service, "have it watch one: SENTINEL MONITOR", "%s watches no master", s.Service)
	j.is(status != "" && status != "ok", "sentinel_master", SeverityCritical, s.Service, "see why: "+j.env.run("logs"),
		"%s cannot reach the master %s: %s", s.Service, word(s.Info["master0"], "name"), status)
}

// queues judges what waits in Celery's broker.
func (j *judge) queues() {
	q, broker := j.o.queues, firstNonEmpty(j.o.broker, "broker")
	if q == nil {
		j.is(j.o.queuesErr != nil, "queues", SeverityWarn, broker, "", "the queues cannot be read: %v", j.o.queuesErr)
		return
	}
	var unbound []string
	for _, one := range q.Queues {
		j.limit("queue_depth", float64(one.Depth), broker, "run more workers", "%d messages wait in the queue %s", one.Depth, one.Name)
		if one.Depth > 0 && !one.Bound {
			unbound = append(unbound, one.Name)
		}
	}
	j.is(len(unbound) > 0, "bindings", SeverityCritical, broker, "start a worker, which declares them again, or send a task",
		"messages wait in %s, but the set by which producers find it is missing: was it evicted?", strings.Join(unbound, ", "))
	j.is(q.Depth() > 0 && q.Consumers == 0, "no_worker", SeverityWarn, broker, "start one: celery -A PROJECT worker",
		"%d messages wait and no worker does", q.Depth())
	if j.o.visibility > 0 {
		percent := 100 * q.OldestUnackedS / j.o.visibility.Seconds()
		j.limit("unacked_age", percent, broker, "look for workers that hang, or raise CELERY_BROKER_VISIBILITY_TIMEOUT",
			"the oldest unacknowledged message was handed out %.0f s ago, %.0f %% of the visibility timeout", q.OldestUnackedS, percent)
	}
}
