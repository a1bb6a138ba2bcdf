// Command listen opens a TCP port and waits: the least that any server
// written in Go costs, which internal/bench/up measures others by.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			log.Print(err)
		}
	}
}
