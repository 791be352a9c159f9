package main

import (
	"fmt"
	"io"
	"os"

	"github.com/vpcpath/vpcpath/internal/importer"
)

// app is what a command has to do with the world outside: nothing below it
// looks at files' standing names, the environment or the terminal.
type app struct {
	stdin  io.Reader
	stdout *output
	stderr io.Writer
	getenv func(string) string
	// environ lists the environment as "NAME=value".
	environ []string
	// columns is the width of the terminal behind stdout, 0 if it is none.
	columns int

	settings settings
	input    importer.Options
	policy   policy
}

// settings are what every command takes: by flag, environment or
// configuration file.
type settings struct {
	output outputs
	color  string
	width  int
}

// system returns an app on the process's own streams and environment.
func system() *app {
	return &app{
		stdin:   os.Stdin,
		stdout:  newOutput(os.Stdout),
		stderr:  os.Stderr,
		getenv:  os.Getenv,
		environ: os.Environ(),
		columns: terminalColumns(os.Stdout),
	}
}

// run runs one command line and returns its exit status.
func run(args []string, a *app) int {
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteC()
	status := exitStatus(err)
	if text := errorText(cmd, err); text != "" {
		fmt.Fprint(a.stderr, text)
	}
	if err := a.stdout.close(); err != nil {
		fmt.Fprintf(a.stderr, "vpcpath: cannot write the output: %v\n", err)
		return statusBadInput
	}
	return status
}
