package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStartSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ script, want string }{
		"another protocol": {`echo '{"protocol": 2}'; cat >/dev/null`, "protocol 2, want 1"},
		"no JSON":          {`echo hello; cat >/dev/null`, "the first line is no greeting: hello"},
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

// TestABreachEndsTheChild lets children answer the third question against the
// protocol, and looks for the line in the error of that question, of all
// after it, and of Close.
func TestABreachEndsTheChild(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ lines, want string }{
		"a wrong id":            {`{"id": 99, "ok": null}`, "question 99, which nobody asked"},
		"an old id":             {`{"id": 1, "ok": null}`, "question 1, which nobody asked or which is answered"},
		"no id":                 {`{"ok": null}`, "a line answers no question"},
		"a line too many":       {"warming up\n" + `{"id": 2, "ok": {"found": false}}`, "a line is no message: warming up"},
		"no JSON":               {`{"id": 2, "ok"`, "a line is no message"},
		"half a line":           {`{"id": 2`, "a line is no message"},
		"neither ok nor error":  {`{"id": 2}`, "exactly one of"},
		"ok and error":          {`{"id": 2, "ok": null, "error": "other", "text": "x"}`, "exactly one of"},
		"a kind of its own":     {`{"id": 2, "error": "KeyError", "text": "k"}`, `no kind of error "KeyError"`},
		"a complaint":           {`{"id": null, "error": "invalid", "text": "what?"}`, "cannot read a question"},
		"a call of another op":  {`{"id": 2, "call": true}`, "get asks back"},
		"an answer of any kind": {`{"id": 2, "ok": "hit"}`, `the answer is "hit"`},
	} {
		p, err := remote.Start(t.Context(), "sh", "-c", script+`printf '%s\n' "$1"; exec cat >/dev/null`, "sh", tt.lines)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Open(t.Context(), remote.Entry{"BACKEND": "toy"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Get(t.Context(), "k"); !errors.Is(err, remote.ErrProtocol) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Get = %v, want ErrProtocol and %q in it", name, err, tt.want)
		}
		err = p.Close()
		if name != "an answer of any kind" && (!errors.Is(err, remote.ErrProtocol) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: Close = %v, want ErrProtocol and %q in it", name, err, tt.want)
		}
	}
}

func TestAnAnswerThatNobodyWaitsForIsDropped(t *testing.T) {
	t.Parallel()
	p, err := remote.Start(t.Context(), "sh", "-c", script+`read third; echo '{"id": 2, "ok": {"found": false}}'; echo '{"id": 3, "ok": true}'; exec cat >/dev/null`)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Open(t.Context(), remote.Entry{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, _, err := c.Get(ctx, "k"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get of a child that does not answer = %v, want context.DeadlineExceeded", err)
	}
	if ok, err := c.Delete(t.Context(), "k"); err != nil || !ok {
		t.Errorf("Delete after it = %v, %v, want true, nil: the answer to the first question comes late, and is dropped", ok, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestAChildThatNeverGreetsIsEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := remote.Start(ctx, "sh", "-c", "sleep 600 & wait") // the child of the child holds its output, and ends with it
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "has not greeted") {
		t.Errorf("Start = %v, want context.DeadlineExceeded and a word on the greeting", err)
	}
}
