package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// service is a port that hardly ever is meant for the whole internet.
type service struct {
	port uint16
	name string
}

var (
	managementPorts = []service{{22, "SSH"}, {3389, "RDP"}}
	databasePorts   = []service{{1433, "SQL Server"}, {1521, "Oracle"}, {3306, "MySQL"}, {5432, "PostgreSQL"}, {5439, "Redshift"},
		{6379, "Redis"}, {9200, "Elasticsearch"}, {11211, "memcached"}, {27017, "MongoDB"}}
	sensitivePorts = slices.Concat(managementPorts, databasePorts)
)

// admitted returns those of some TCP ports that a rule's traffic holds.
func admitted(t model.Traffic, list []service) []service {
	if !t.Protocols.Contains(packet.TCP) {
		return nil
	}
	var out []service
	for _, s := range list {
		if slices.ContainsFunc(t.Ports, func(r packet.PortRange) bool { return r.Contains(s.port) }) {
			out = append(out, s)
		}
	}
	return out
}

// widest returns the number of TCP or UDP ports that a rule's traffic holds.
func widest(t model.Traffic) int {
	if !t.Protocols.Contains(packet.TCP) && !t.Protocols.Contains(packet.UDP) {
		return 0
	}
	n := 0
	for _, r := range t.Ports {
		n += int(r.Hi) - int(r.Lo) + 1
	}
	return n
}

// fromAnywhere returns the family of which an inbound rule admits every
// address; ok is false for any other rule.
func fromAnywhere(r *model.SGRule) (f addr.Family, ok bool) {
	for _, q := range r.Prefixes() {
		if q.Bits() == 0 {
			return addr.FamilyOf(q.Addr()), true
		}
	}
	return 0, false
}

// reached is what the internet gets at by a rule of a security group.
type reached struct {
	all     []*model.Interface // by all of the internet
	part    []*model.Interface // by some of it
	unknown []*model.Interface // something that is not modelled decides
	ports   []service          // of those asked, what some of it gets at
}

// exposure asks the network which members of a group the internet reaches on
// one of some ports, once for each class of members.
func (p *Pass) exposure(g *model.SecurityGroup, fam addr.Family, ports []service) reached {
	var out reached
	open := map[string]bool{}
	for _, i := range g.Members {
		if i.Owner == nil || i.Subnet == nil || i.Primary(fam == addr.V6) == (netip.Addr{}) || fam == addr.V4 && len(i.Public) == 0 {
			continue
		}
		res := p.fromInternet(i, fam, tcpPorts(ports))
		switch {
		case res == nil:
		case res.Verdict == eval.Unknown:
			out.unknown = append(out.unknown, i)
		case works(res):
			if !open[p.class(i)] {
				open[p.class(i)] = true
				p.openPorts(&out, i, fam, ports)
			}
			if p.byEverybody(i, fam, out.ports) {
				out.all = append(out.all, i)
			} else {
				out.part = append(out.part, i)
			}
		}
	}
	slices.SortFunc(out.ports, func(a, b service) int { return int(a.port) - int(b.port) })
	return out
}

// openPorts adds the ports that the internet gets at.
func (p *Pass) openPorts(out *reached, i *model.Interface, fam addr.Family, ports []service) {
	for _, s := range ports {
		if !slices.Contains(out.ports, s) && works(p.fromInternet(i, fam, tcpPorts([]service{s}))) {
			out.ports = append(out.ports, s)
		}
	}
}

// byEverybody reports whether one of some ports is open to every address of
// the internet. What works for all of them but not from every source port
// counts.
func (p *Pass) byEverybody(i *model.Interface, fam addr.Family, ports []service) bool {
	for _, s := range ports {
		res := p.fromInternet(i, fam, tcpPorts([]service{s}))
		if res == nil || !works(res) {
			continue
		}
		if res.Verdict == eval.Reachable {
			return true
		}
		var from addr.Set
		for _, b := range res.Works {
			from = from.Union(addr.SetOfRanges(b.Family, b.Src...))
		}
		if from.Covers(res.From.Addrs.Only(fam)) {
			return true
		}
	}
	return false
}

// tcpPorts writes ports as a question has them.
func tcpPorts(list []service) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = fmt.Sprint(s.port)
	}
	return "tcp/" + strings.Join(text, ",")
}

// serviceNames lists ports with their services for a message.
func serviceNames(list []service) string {
	const shown = 3
	var text []string
	for _, s := range list[:min(shown, len(list))] {
		text = append(text, fmt.Sprintf("%d (%s)", s.port, s.name))
	}
	if more := len(list) - shown; more > 0 {
		text = append(text, fmt.Sprintf("%d more", more))
	}
	if n := len(text); n > 1 {
		return strings.Join(text[:n-1], ", ") + " and " + text[n-1]
	}
	return strings.Join(text, "")
}
