package devenv

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"
)

func bytesText(s Size) string { return strconv.FormatInt(int64(s), 10) }

// queues looks for what Celery's producers need: messages wait, but the set
// by which kombu finds the queue is gone, as after an eviction ("Probably the
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
	queue, binding := x.set.Celery.GlobalKeyPrefix+"celery", x.set.Celery.GlobalKeyPrefix+"_kombu.binding.celery"
	waiting, err := client.LLen(ctx, queue).Result()
	bound, err2 := client.Exists(ctx, binding).Result()
	switch err = errors.Join(err, err2); {
	case err != nil && !errors.Is(err, redis.Nil):
		x.skip("queues", "the broker does not tell about the queue celery: %v", err)
	case waiting > 0 && bound == 0:
		x.mendBinding(u, binding, "celery")
		x.add(LevelWarn, "queues", x.env.run("doctor", "-fix")+" · start a worker, which declares it again, or send a task", "%d messages wait in the queue celery, but the set %s is missing: was it evicted?", waiting, binding)
	default:
		x.ok("queues", "%d messages wait in the queue celery", waiting)
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
