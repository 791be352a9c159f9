package load

import (
	"syscall"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
)

type finding = diag.Finding

func makeFIFO(t *testing.T, path string) string {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	return path
}
