package remote_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStartSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ script, want string }{
		"another protocol": {`echo '{"protocol": 2}'; cat >/dev/null`, "protocol 2, want 1"},
		"no JSON":          {`echo hello; cat >/dev/null`, "invalid character"},
		"a death":          {`echo 'no such module' >&2; exit 3`, "no such module"},
	} {
		p, err := remote.Start(t.Context(), "sh", "-c", tt.script)
		if err == nil {
			t.Errorf("%s: no error", name)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it", name, err, tt.want)
		}
	}
	if _, err := remote.Start(t.Context(), "/no/such/program"); err == nil {
		t.Error("a missing program: no error")
	}
}

// script answers the open of a cache, then does what follows.
const script = `echo '{"protocol": 1}'; read open; echo '{"id": 1, "ok": {"lacks": ["cache.locks"]}}'; read line; `

func TestAnswersAreRead(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]error{
		`{"id": 2, "error": "not found", "text": "gone"}`:         cachetest.ErrNotFound,
		`{"id": 2, "error": "deserialize", "text": "bad"}`:        cachetest.ErrDeserialize,
		`{"id": 2, "error": "unsupported", "text": "none"}`:       errors.ErrUnsupported,
		`{"id": 2, "ok": {"found": true, "value": {"int": "5"}}}`: nil,
	} {
		p, err := remote.Start(t.Context(), "sh", "-c", script+"echo '"+answer+"'; cat >/dev/null")
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Open(t.Context(), remote.Entry{"BACKEND": "toy"})
		if err != nil {
			t.Fatal(err)
		}
		v, found, err := c.Get(t.Context(), "k")
		if !errors.Is(err, want) || want == nil && (v != int64(5) || !found) {
			t.Errorf("Get = %v, %v, %v after %s, want %v", v, found, err, answer, want)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestADeadChildIsUnavailable(t *testing.T) {
	t.Parallel()
	p, err := remote.Start(t.Context(), "sh", "-c", script+"exit 0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Open(t.Context(), remote.Entry{"BACKEND": "toy"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, _, err := c.Get(t.Context(), "k"); !errors.Is(err, cachetest.ErrUnavailable) {
			t.Errorf("Get = %v, want ErrUnavailable", err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
