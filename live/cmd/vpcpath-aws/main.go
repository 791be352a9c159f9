// Command vpcpath-aws writes what an AWS account's networks are, for vpcpath.
// `vpcpath import aws --profile P --region R` runs it.
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
