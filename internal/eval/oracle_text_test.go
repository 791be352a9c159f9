package eval_test

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// oracleBoxes writes boxes for a failure's message.
func oracleBoxes(bs []packet.Box) string {
	var b strings.Builder
	for _, x := range bs {
		b.WriteString("{")
		for i, r := range x.Src {
			if i == 0 {
				b.WriteString("src ")
			}
			b.WriteString(r.Format(x.Family) + " ")
		}
		for i, r := range x.Dst {
			if i == 0 {
				b.WriteString("dst ")
			}
			b.WriteString(r.Format(x.Family) + " ")
		}
		fmt.Fprintf(&b, "protocols %v ports %v source ports %v} ", x.Protos, x.DPorts, x.SPorts)
	}
	return b.String()
}
