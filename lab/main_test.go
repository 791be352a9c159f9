package lab

import (
	"fmt"
	"os"
	"testing"
)

// reason says why the lab cannot run here; empty when it can.
var reason string

// TestMain runs the tests again inside a network namespace of their own.
func TestMain(m *testing.M) {
	if err := Enter(); err != nil {
		reason = err.Error()
		if Require() {
			fmt.Fprintln(os.Stderr, "lab:", reason)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// permitted skips a test, with the reason, where the lab cannot run.
func permitted(t *testing.T) {
	t.Helper()
	if reason != "" {
		t.Skip(reason)
	}
}

// inLab gives a test its thread, the one that its goroutine is locked to from
// now on: a subtest has another goroutine and needs a thread of its own.
func inLab(t *testing.T) *thread {
	t.Helper()
	permitted(t)
	th, err := newThread()
	if err != nil {
		t.Fatal(err)
	}
	return th
}
