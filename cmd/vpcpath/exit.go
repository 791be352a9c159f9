package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// The exit statuses (language.md section 4).
const (
	statusOK       = 0 // reachable; every expectation holds
	statusNo       = 1 // unreachable or partial; an expectation fails
	statusBadInput = 2 // bad input, bad usage, or output that cannot be written
	statusUnknown  = 3 // something that is not modelled decides
)

// answered is the outcome of a command that has said all it has to say.
type answered struct{ status int }

func (a answered) Error() string { return fmt.Sprintf("exit status %d", a.status) }

// badInput is a mistake in what the user gave.
type badInput struct{ err error }

func (b badInput) Error() string { return b.err.Error() }
func (b badInput) Unwrap() error { return b.err }

func badInputf(format string, args ...any) error { return badInput{fmt.Errorf(format, args...)} }

// exitStatus maps what a command returns to the status of the process. What
// cobra itself returns is bad usage.
func exitStatus(err error) int {
	var a answered
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &a):
		return a.status
	}
	return statusBadInput
}

// errorText is what to print for an error: nothing where all is said, and a
// pointer to the help for bad usage.
func errorText(cmd *cobra.Command, err error) string {
	var a answered
	var b badInput
	switch {
	case err == nil || errors.As(err, &a):
		return ""
	case errors.As(err, &b):
		return fmt.Sprintf("vpcpath: %v\n", err)
	}
	return fmt.Sprintf("vpcpath: %v\nSee `%s --help`.\n", err, cmd.CommandPath())
}

// verdictStatus is the exit status for results: 1 where a pair is not wholly
// reachable, 3 where pairs are only undecided beside reachable ones.
func verdictStatus(results []*eval.Result) int {
	status := statusOK
	for _, r := range results {
		switch r.Verdict {
		case eval.Unreachable, eval.Partial:
			return statusNo
		case eval.Unknown:
			status = statusUnknown
		}
	}
	return status
}
