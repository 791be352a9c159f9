package eval_test

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// natPorts are the source ports of 1024-65535 that stand for all that a NAT
// gateway may pick: rules judge a port only by comparing it with their ends,
// so the ends of every piece between them are enough (ACL-14, ACL-15).
func natPorts(t *model.Topology) []uint16 {
	seen := map[int]bool{1024: true, 65535: true}
	add := func(tr model.Traffic) {
		for _, r := range tr.Ports {
			for _, n := range []int{int(r.Lo) - 1, int(r.Lo), int(r.Hi), int(r.Hi) + 1} {
				if n >= 1024 && n <= 65535 {
					seen[n] = true
				}
			}
		}
	}
	for _, a := range t.NetworkACLs {
		for _, r := range slices.Concat(a.Ingress, a.Egress) {
			add(r.Traffic)
		}
	}
	for _, g := range t.SecurityGroups {
		for _, r := range slices.Concat(g.Ingress, g.Egress) {
			add(r.Traffic)
		}
	}
	for _, i := range t.Instances {
		for _, f := range i.PortForwards {
			add(model.Traffic{Ports: []packet.PortRange{f.Ports}})
		}
	}
	var out []uint16
	for n := range seen {
		out = append(out, uint16(n))
	}
	slices.Sort(out)
	return out
}
