// Probe sets a key at the URL in its argument and reads it back, with the
// client that devenv opens. The tests run it inside containers.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

func main() {
	if err := probe(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func probe(url string) error {
	client, err := devenv.OpenClient(url, devenv.ClientOptions{})
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for n := range 20 { // some on each node of a cluster
		key := fmt.Sprint("probe:", n)
		if err := client.Set(ctx, key, n, time.Minute).Err(); err != nil {
			return err
		}
		if got, err := client.Get(ctx, key).Int(); err != nil || got != n {
			return fmt.Errorf("GET %s = %d, %v, want %d", key, got, err, n)
		}
	}
	fmt.Println("all keys read back")
	return nil
}
