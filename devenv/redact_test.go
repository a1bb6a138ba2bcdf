package devenv_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

const planted = "pl4nted-s3cret"

// renderings prints a value in every way a program is likely to.
func renderings(t *testing.T, value any) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b", "%t"} {
		got[verb] = fmt.Sprintf(verb, value)
		got["[]"+verb] = fmt.Sprintf(verb, []any{value})
	}
	// An unexported field: fmt does not call the methods of what it holds.
	got["field"] = fmt.Sprintf("%v %+v %#v", struct{ hidden any }{value}, struct{ hidden any }{value}, struct{ hidden any }{value})
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	got["json"] = string(text)
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("settings", "value", value, slog.Any("any", value), slog.Group("in", "value", value))
		got["slog "+fmt.Sprintf("%T", handler(&b))] = b.String()
	}
	return got
}

func TestNoRenderingShowsASecret(t *testing.T) {
	t.Parallel()
	settings := mustLoad(t, "CELERY_BROKER_URL='redis://default:"+planted+"@h/0'", "REDKIT_PASSWORD="+planted, "REDIS_SENTINEL_PASSWORD="+planted,
		"REDIS_CACHE_DEFAULT_URL=redis://h/0?password="+planted, "REDIS_URL=sentinel://:"+planted+"@h1;sentinel://:"+planted+"@h2/0?sentinel_password="+planted)
	secret := devenv.NewSecret(planted)
	values := map[string]any{
		"secret": secret, "pointer": &secret, "URL": settings.Celery.BrokerURL, "option": settings.Aliases[0].URL, "sentinels": settings.RedisURL,
		"settings": settings, "value": *settings, "instances": settings.Instances(), "environment": settings.Env(false),
		"text": devenv.FormatEnv(settings.Env(false)), "sentinel": settings.Sentinel, "aliases": settings.Aliases,
		"struct": struct{ hidden devenv.Secret }{secret}, "URL field": struct{ hidden devenv.URL }{settings.RedisURL},
	}
	for name, value := range values {
		for rendering, text := range renderings(t, value) {
			if strings.Contains(text, planted) || strings.Contains(text, fmt.Sprintf("%x", planted)) {
				t.Errorf("%s as %s shows the secret:\n%s", name, rendering, text)
			}
		}
	}
	type element struct{ Secret devenv.Secret }
	text, err := xml.Marshal(element{secret})
	if err != nil || strings.Contains(string(text), planted) {
		t.Errorf("xml.Marshal = %s, %v", text, err)
	}
}

// TestRenderingsFindASecret shows that the test above can fail.
func TestRenderingsFindASecret(t *testing.T) {
	t.Parallel()
	for rendering, text := range renderings(t, struct{ Open string }{planted}) {
		if strings.Contains(rendering, "%d") || strings.Contains(rendering, "%08b") || strings.Contains(rendering, "%t") {
			continue
		}
		if !strings.Contains(text, planted) && !strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", planted)) {
			t.Errorf("%s does not show a plain string: %s", rendering, text)
		}
	}
}

func TestNoSettingsErrorShowsASecret(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"REDKIT_PASSWORD=" + planted + "$", "REDIS_URL=redis://:" + planted + "@h:x", "REDIS_URL=" + planted, "REDIS_URL=redis://default:" + planted,
		"CELERY_RESULT_BACKEND=db+postgresql://u:" + planted + "@h/x", "CELERY_BROKER_TRANSPORT_OPTIONS={\"sentinel_kwargs\":{\"password\":\"" + planted + "\"",
		"REDIS_CACHE_DEFAULT_URL=redis://h?passwort=" + planted, "REDIS_CACHE_DEFAULT_URL=redis://h?password=" + planted + "&x=1", "CHANNEL_LAYERS_DEFAULT_URL=redis://u:" + planted + "/@h",
	} {
		_, err := load(t, entry+"\nREDKIT_UNKNOWN='"+planted, []string{entry, "REDKIT_UNKNOWN_TOO=" + planted}, map[string]string{"password": planted + "$", "unknown": planted})
		var problems devenv.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("Load with %q = %v, want problems", entry, err)
		}
		for rendering, text := range renderings(t, err) {
			if strings.Contains(text, planted) {
				t.Errorf("the error for %q as %s shows the secret:\n%s", entry, rendering, text)
			}
		}
	}
}

func TestSecretKnowsItself(t *testing.T) {
	t.Parallel()
	a, b := devenv.NewSecret(planted), devenv.NewSecret(planted)
	if !a.Equal(b) || a.Equal(devenv.Secret{}) || a.Reveal() != planted || a.IsZero() || !devenv.NewSecret("").IsZero() {
		t.Error("Secret does not compare or reveal its text")
	}
	if a.String() != "***" || (devenv.Secret{}).String() != "" {
		t.Errorf("String() = %q and %q, want *** and nothing", a, devenv.Secret{})
	}
}
