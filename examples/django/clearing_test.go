package main_test

import (
	"github.com/redkit-dev/redkit/reference/celery"
)

// clears: to empty one cache is to leave the others, and Celery's queues.
func (s *scene) clears() {
	s.title("Each side empties a cache of its own: the others and Celery's queue stay")
	s.golang("api_responses.Set(kept), permissions.Set(gone), default.Set(gone-too)", "stored", s.fill())
	_, err := s.shop.App.Send(s.ctx, "shop.add", []any{1, 2}, celery.Queue("night"))
	s.golang(`Send("shop.add", Queue("night")), a queue without a worker`, "sent", err)
	n, err := s.cache("permissions").ClearPrefix(s.ctx)
	s.golang("permissions.ClearPrefix()", n > 0, err)
	s.django(`caches["default"].delete_pattern("gone*") > 0`)
	s.django(`[caches["permissions"].get("gone"), caches["default"].get("gone-too"), caches["api_responses"].get("kept")]`)
	depth, err := s.shop.App.Broker().(depths).Depth(s.ctx, "night")
	s.golang(`tasks in the queue "night"`, depth, err)
}

func (s *scene) fill() error {
	for alias, key := range map[string]string{"api_responses": "kept", "permissions": "gone", "default": "gone-too"} {
		if err := s.cache(alias).Set(s.ctx, key, 1); err != nil {
			return err
		}
	}
	return nil
}
