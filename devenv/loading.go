package devenv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// loadingNews is how often a wait tells how far a server has loaded its data.
const loadingNews = 5 * time.Second

// loads reports whether a server answers that it still reads its data. That
// may take long, and is no reason to give up before the time is over.
func loads(err error) bool { return err != nil && strings.Contains(err.Error(), "LOADING") }

// A loadingError is the answer of a server that still reads its data, with how
// far it is.
type loadingError struct {
	error
	far string
}

func (e *loadingError) Unwrap() error { return e.error }

// askLoading asks a server that refuses commands, because it loads its data,
// how far it is: INFO is answered all the same.
func askLoading(ctx context.Context, client redis.UniversalClient, raw error) *loadingError {
	l := &loadingError{raw, "it does not tell how far it is"}
	text, err := client.Info(ctx, "persistence").Result()
	if f := parseInfo(text); err == nil && f["loading"] == "1" {
		l.far = fmt.Sprintf("%.0f %%, some %d s to go", f.decimal("loading_loaded_perc"), f.number("loading_eta_seconds"))
	}
	return l
}

// failLoading is what status says while servers load.
func (e *Env) failLoading(message string) *Failure {
	return &Failure{Code: "loading", Exit: ExitNotReady, Message: message, Fixes: []string{"wait for it: " + e.run("wait")}}
}

// stillLoading says how far a server was when the time was over; "" when it
// was not that which took so long.
func stillLoading(err error) string {
	if l, is := errors.AsType[*loadingError](err); is {
		return "it still loads its data: " + l.far
	}
	return ""
}
