// Package eval compiles a topology and walks sets of packets through it. It is
// the only place that knows what AWS does with a packet; verdicts, blockers
// and explanations all come from the one walk.
package eval

import (
	"github.com/vpcpath/vpcpath/internal/model"
)

// Question asks whether From reaches To.
type Question struct {
	From, To    model.Endpoint
	Port        model.PortSpec
	SourcePorts model.SourcePorts
	Reply       bool // judge the reply too, for protocols that need none
	Record      bool // record hops and blockers, for explain and JSON
	// Why records the blockers of what is not reachable, without hops, and
	// nothing of what is: that costs little where everything works.
	Why      bool
	AllRules bool // record the rules that were passed over too
}
