package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"

	"github.com/vpcpath/vpcpath/internal/render"
)

// output buffers standard output and remembers the first error in writing it.
type output struct {
	*bufio.Writer
}

func newOutput(w io.Writer) *output { return &output{bufio.NewWriterSize(w, 1<<16)} }

// close writes what is left. A reader that went away is no error.
func (o *output) close() error {
	if err := o.Flush(); !brokenPipe(err) {
		return err
	}
	return nil
}

func brokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// answer ends a command that has written its answer, err being what writing
// it returned.
func (a *app) answer(status int, err error) error {
	if err != nil && !brokenPipe(err) {
		return badInputf("cannot write the output: %w", err)
	}
	return answered{status}
}

// json reports whether standard output is to be JSON.
func (a *app) json() bool { return a.settings.output.stdout() == "json" }

// options are the look of text on standard output.
func (a *app) options() render.Options {
	return render.Options{Color: a.color(), Width: a.width()}
}

// color decides by --color, then NO_COLOR, then FORCE_COLOR, then whether a
// terminal that can do it reads the output.
func (a *app) color() bool {
	switch a.settings.color {
	case "always":
		return true
	case "never":
		return false
	}
	if a.getenv("NO_COLOR") != "" {
		return false
	}
	for _, name := range []string{"FORCE_COLOR", "CLICOLOR_FORCE"} {
		if v := a.getenv(name); v != "" && v != "0" {
			return true
		}
	}
	return a.columns > 0 && a.getenv("TERM") != "dumb"
}

// widest is the width that text is laid out for on a wider terminal: lines
// much longer are hard to follow to their end.
const widest = 120

// width is --width, else COLUMNS, else the terminal's up to 120, else 80.
func (a *app) width() int {
	if a.settings.width > 0 {
		return a.settings.width
	}
	if n, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if a.columns > 0 {
		return min(a.columns, widest)
	}
	return 80
}

// isCharDevice is the portable guess at a terminal.
func isCharDevice(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
