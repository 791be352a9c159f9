// Command vpcpath answers whether A can reach B on port P in an AWS network,
// there and back, from a description of the network alone.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader that has seen enough, as `head`, is no failure: writing then
	// returns an error, and the exit status stays the answer's.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], system()))
}
