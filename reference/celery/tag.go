package celery

import (
	"github.com/redkit-dev/redkit/reference/celery/broker"
	"github.com/redkit-dev/redkit/reference/celery/message"
)

// tagOf is the delivery tag of a message, "" if it cannot be read.
func tagOf(d broker.Delivery) string {
	e, err := message.Decode(d.Raw)
	if err != nil {
		return ""
	}
	return e.Tag()
}
