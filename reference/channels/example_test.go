package channels_test

import (
	"context"
	"fmt"
	"log"

	"github.com/redkit-dev/redkit/reference/channels"
)

func Example() {
	ctx := context.Background()
	layer, err := channels.NewMemory(channels.Options{}) // or NewRedis, NewPubSub
	if err != nil {
		log.Fatal(err)
	}
	defer layer.Close()

	ann, err := layer.NewChannel(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	if err := layer.GroupAdd(ctx, "chat", ann); err != nil {
		log.Fatal(err)
	}
	if err := layer.GroupSend(ctx, "chat", channels.Message{"type": "chat.message", "text": "hello"}); err != nil {
		log.Fatal(err)
	}
	msg, err := layer.Receive(ctx, ann)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(msg["text"])
	// Output: hello
}
