package compose_test

import (
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/compose"
)

// How to call compose: the password goes by the environment of the process,
// the rest by arguments.
func ExampleStack() {
	stack := compose.Stack{Project: "shop", Password: "s3cret", CachePersistence: "rdb"}
	command := append([]string{"up", "-d"}, stack.Services()...)
	fmt.Println("docker-compose", strings.Join(stack.Args(".redkit", command...), " "))
	for _, entry := range stack.Environ([]string{"HOME=/home/ada", "COMPOSE_FILE=other.yml"}) {
		fmt.Println(entry)
	}
	// Output:
	// docker-compose --ansi never -p shop -f .redkit/docker-compose.yml -f .redkit/docker-compose.cache-data.yml up -d cache broker
	// HOME=/home/ada
	// COMPOSE_PROFILES=single,sentinel,cluster
	// REDKIT_PASSWORD=s3cret
	// REDKIT_CACHE_PERSISTENCE=rdb
}
