package devenv

import (
	"context"
	"strconv"
)

func bytesText(s Size) string { return strconv.FormatInt(int64(s), 10) }

// queues looks for what Celery's producers need: messages wait, but the set
// by which kombu finds their queue is gone, as after an eviction ("Probably the
// key … has been removed from the Redis database").
func (x *examination) queues(ctx context.Context) {
	u := x.set.Celery.BrokerURL
	if u.IsZero() || !x.reaches(u) {
		x.skip("queues", "the broker does not answer, or is no server of this environment")
		return
	}
	client, err := x.set.Open(u)
	if err != nil {
		x.add(LevelFail, "queues", "mend CELERY_BROKER_URL", "%v", err)
		return
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	q, err := x.env.QueueReader(client).Read(ctx)
	if err != nil {
		x.skip("queues", "the broker does not tell about the queues: %v", err)
		return
	}
	lost := false
	for _, one := range q.Queues {
		if one.Depth == 0 || one.Bound {
			continue
		}
		lost = true
		binding := x.set.Celery.GlobalKeyPrefix + "_kombu.binding." + one.Name
		x.mendBinding(u, binding, one.Name)
		x.add(LevelWarn, "queues", x.env.run("doctor", "-fix")+" · start a worker, which declares it again, or send a task", "%d messages wait in the queue %s, but the set %s is missing: was it evicted?", one.Depth, one.Name, binding)
	}
	if !lost {
		x.ok("queues", "%d messages wait in %d queues of Celery", q.Depth(), len(q.Queues))
	}
}

// reaches reports whether a URL leads to a server that answered.
func (x *examination) reaches(u URL) bool {
	for _, p := range x.patients {
		if p.info != nil && (p.namedBy(u) || x.backend == BackendExternal && u.Addrs()[0] == p.URL.Addrs()[0]) {
			return true
		}
	}
	return false
}
