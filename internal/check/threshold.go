package check

import "github.com/vpcpath/vpcpath/internal/diag"

// Threshold is the least severity of a finding that fails a check.
type Threshold string

// The thresholds. At FailNever findings fail nothing; expectations still do.
const (
	FailOnError   Threshold = "error"
	FailOnWarning Threshold = "warning"
	FailOnInfo    Threshold = "info"
	FailNever     Threshold = "never"
)

// Thresholds lists the thresholds, strictest last.
func Thresholds() []string {
	return []string{string(FailNever), string(FailOnError), string(FailOnWarning), string(FailOnInfo)}
}

// Fails reports whether a finding fails a check: it counts, and is as bad as
// the threshold says. The zero Threshold is FailOnError.
func (t Threshold) Fails(f Finding) bool {
	if f.Suppressed != nil {
		return false
	}
	switch t {
	case FailNever:
		return false
	case FailOnInfo:
		return true
	case FailOnWarning:
		return f.Severity >= diag.Warning
	}
	return f.Severity == diag.Error
}

// OK reports whether the check is passed: no finding fails it, and every
// expectation holds.
func (r *Report) OK() bool {
	for _, o := range r.Outcomes {
		if !o.OK {
			return false
		}
	}
	for _, f := range r.Findings {
		if r.FailOn.Fails(f) {
			return false
		}
	}
	return true
}
