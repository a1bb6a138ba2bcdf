package main_test

import (
	"net/url"
	"time"

	"github.com/redkit-dev/redkit/examples/django/goshop"
	"github.com/redkit-dev/redkit/reference/cache"
)

// caching: one cache for both sides, of responses and of permissions.
func (s *scene) caching() {
	s.cachedData()
	s.cachedPages()
	s.permissions()
}

func (s *scene) cachedData() {
	responses := s.cache("api_responses")
	asked := &url.URL{Scheme: "http", Host: "shop.example", Path: "/api/orders/", RawQuery: "status=open&note=caf%C3%A9+%26+tea"}
	key := goshop.Keys().Response(cache.Response{View: "orders.list", URL: asked})
	view := `get("/api/orders/?note=caf%C3%A9+%26+tea&status=open")`

	s.title("A response that Django keeps as data, under a key that Go makes too")
	s.django(view)
	got, err := responses.Get(s.ctx, key)
	s.golang(`api_responses.Get(Keys().Response(orders.list, /api/orders/?status=open&note=café & tea))`, got, err)
	left, err := responses.TTL(s.ctx, key)
	s.golang("api_responses.TTL(…) is within REDIS_CACHE_API_RESPONSES_TIMEOUT", left > 0 && left <= 30*time.Second, err)
	s.django(view)

	s.title("Go writes the response, and Django answers with it")
	err = responses.Set(s.ctx, key, map[string]any{"orders": []any{map[string]any{"id": 9, "status": "open", "goods": []any{}}}, "computed": "by go"})
	s.golang("api_responses.Set(…)", "stored", err)
	s.django(view)

	s.title("Go invalidates it, and Django computes anew")
	removed, err := responses.Delete(s.ctx, key)
	s.golang("api_responses.Delete(…)", removed, err)
	s.django(view)
}

func (s *scene) cachedPages() {
	responses := s.cache("api_responses")
	s.title("A response that Django's cache_page keeps whole: Go finds and drops it")
	s.django(`get("/api/goods/")`)
	s.django(`get("/api/goods/")`)
	pages, err := responses.Keys(s.ctx, "views.decorators.cache.cache_page.*")
	s.golang(`len(api_responses.Keys("views.decorators.cache.cache_page.*"))`, len(pages), err)
	if len(pages) == 1 {
		_, err = responses.Get(s.ctx, pages[0])
		s.golang("api_responses.Get(the page), which is a pickled Response", "plain data", err)
	}
	removed, err := responses.DeletePattern(s.ctx, "views.decorators.cache.*")
	s.golang(`api_responses.DeletePattern("views.decorators.cache.*"), the page and its header`, removed, err)
	s.django(`get("/api/goods/")`)
}

func (s *scene) permissions() {
	granted := s.cache("permissions")
	s.title("Permissions: Go grants, Django obeys")
	s.django(`post("/api/refunds/", {"id": 7}, user="42")`)
	key := goshop.Keys().Permissions("user", 42)
	s.golang("permissions.Set(Keys().Permissions(user, 42), …)", "stored", granted.Set(s.ctx, key, []string{"orders.view", "orders.refund"}))
	s.django(`post("/api/refunds/", {"id": 7}, user="42")`)
	s.django(`post("/api/refunds/", {"id": 7}, user="43")`)
	removed, err := granted.DeletePattern(s.ctx, goshop.Keys().Pattern("permissions", "user"))
	s.golang("permissions.DeletePattern(Keys().Pattern(permissions, user))", removed, err)
	s.django(`post("/api/refunds/", {"id": 7}, user="42")`)

	s.title("Permissions: Django grants, Go reads")
	s.django(`caches["permissions"].set(keys.permissions("user", 44, "project", "a:b"), {"orders.view"}, timeout=None)`)
	got, err := granted.Get(s.ctx, goshop.Keys().Permissions("user", 44, "project", "a:b"))
	s.golang("permissions.Get(Keys().Permissions(user, 44, project, a:b))", got, err)
}

// many: several entries in one call, wherever a cluster keeps each.
func (s *scene) many() {
	shared := s.cache("default")
	s.title("Several entries at once")
	s.golang("default.SetMany(a, b, c)", "stored", shared.SetMany(s.ctx, map[string]any{"a": 1, "b": "two", "c": []any{3.5, nil}}))
	s.django(`caches["default"].get_many(["a", "b", "c", "d"])`)
	s.django(`caches["default"].set_many({"d": {"four": 4}, "e": True})`)
	got, err := shared.GetMany(s.ctx, []string{"a", "d", "e", "f"})
	s.golang("default.GetMany(a, d, e, f)", got, err)
	s.django(`caches["default"].delete_many(["a", "b", "f"])`)
	removed, err := shared.DeleteMany(s.ctx, []string{"a", "c", "d", "e"})
	s.golang("default.DeleteMany(a, c, d, e)", removed, err)
}
