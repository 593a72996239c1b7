// A daemon that `go run` builds at each start, or finds in its cache; with an argument it does
// nothing, so that it can be built.
package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	line, err := net.Listen("tcp", "127.0.0.1:8091")
	if err != nil {
		panic(err)
	}
	for {
		caller, err := line.Accept()
		if err == nil {
			fmt.Fprintln(caller, time.Now())
			caller.Close()
		}
	}
}
