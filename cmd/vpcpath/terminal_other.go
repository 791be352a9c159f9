//go:build !unix

package main

import "os"

// terminalColumns returns 80 for a terminal, whose width is not asked for
// here, and 0 for anything else.
func terminalColumns(f *os.File) int {
	if !isCharDevice(f) {
		return 0
	}
	return 80
}
