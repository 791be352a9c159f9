package packet

import (
	"math/rand/v2"
	"testing"
)

// decideSlow is the first match, read off the rules.
func decideSlow(rules []Service, defaultRule int32, proto uint8, port uint16) (bool, int32) {
	for _, r := range rules {
		if r.Proto.Contains(proto) && r.Ports.Contains(port) {
			return r.Allow, r.Rule
		}
	}
	return false, defaultRule
}

// randomRules returns rules as people write them: mostly one protocol.
func randomRules(r *rand.Rand, n int) []Service {
	var rules []Service
	for i := range n {
		s := Service{Allow: r.IntN(4) > 0, Rule: int32(i)}
		if r.IntN(8) == 0 {
			s.Rule = int32(r.IntN(n)) // several services of one rule
		}
		switch x := r.IntN(100); {
		case x < 50:
			s.Proto = ProtoRange{TCP, TCP}
		case x < 70:
			s.Proto = ProtoRange{UDP, UDP}
		case x < 80:
			s.Proto = ProtoRange{ICMP, ICMP}
		case x < 85:
			s.Proto = ProtoRange{ICMPv6, ICMPv6}
		case x < 90:
			p := uint8(r.IntN(256))
			s.Proto = ProtoRange{p, p + uint8(r.IntN(256-int(p)))}
		case x < 95:
			s.Proto = ProtoRange{0, 255}
		default:
			s.Proto = ProtoRange{47, 47}
		}
		switch x := r.IntN(100); {
		case x < 50:
			p := uint16(r.IntN(65536))
			s.Ports = PortRange{p, p}
		case x < 70:
			s.Ports = PortRange{1024, 65535}
		case x < 90:
			p := uint16(r.IntN(65536))
			s.Ports = PortRange{p, p + uint16(r.IntN(65536-int(p)))}
		default:
			s.Ports = AllPorts
		}
		rules = append(rules, s)
	}
	return rules
}

func TestNewServices(t *testing.T) {
	r := newRand(t)
	for range 300 {
		rules := randomRules(r, r.IntN(12))
		svc := NewServices(rules, -1)
		ports := []uint16{0, 65535}
		for _, rule := range rules {
			ports = append(ports, rule.Ports.Lo, rule.Ports.Hi, rule.Ports.Lo-1, rule.Ports.Hi+1)
		}
		all := true
		for proto := range 256 {
			for _, port := range ports {
				allow, rule := svc.Decide(uint8(proto), port)
				wantAllow, wantRule := decideSlow(rules, -1, uint8(proto), port)
				if allow != wantAllow || rule != wantRule {
					t.Fatalf("%+v: %d/%d: %v by %d, want %v by %d", rules, proto, port, allow, rule, wantAllow, wantRule)
				}
				all = all && allow
			}
		}
		if svc.AllowsAll() != all {
			t.Fatalf("%+v: AllowsAll %v", rules, svc.AllowsAll())
		}
		if !svc.Equal(NewServices(rules, -1)) {
			t.Fatal("not equal to itself")
		}
		checkServices(t, svc)
	}
}

// checkServices asserts the representation: partitions, nothing to merge.
func checkServices(t *testing.T, s *Services) {
	t.Helper()
	for i, g := range s.groups {
		if i > 0 && (g.hi <= s.groups[i-1].hi || g.list == s.groups[i-1].list) || i == len(s.groups)-1 && g.hi != 255 {
			t.Fatalf("groups %+v", s.groups)
		}
	}
	for _, l := range s.lists {
		for i, c := range l.cells {
			if i > 0 && (c.hi <= l.cells[i-1].hi || c.allow == l.cells[i-1].allow && c.rule == l.cells[i-1].rule) ||
				i == len(l.cells)-1 && c.hi != 65535 {
				t.Fatalf("cells %+v", l.cells)
			}
			allow, hi := l.run(c.hi)
			if allow != c.allow || hi < c.hi || l.cell(hi).allow != allow || hi < 65535 && l.cell(hi+1).allow == allow {
				t.Fatalf("run at %d: %v to %d; cells %+v", c.hi, allow, hi, l.cells)
			}
		}
	}
}

func TestServicesEqual(t *testing.T) {
	web := Service{ProtoRange{TCP, TCP}, PortRange{443, 443}, true, 1}
	dns := Service{ProtoRange{UDP, UDP}, PortRange{53, 53}, true, 2}
	a := NewServices([]Service{web, dns}, 0)
	if !a.Equal(NewServices([]Service{dns, web, web}, 0)) {
		t.Error("order of disjoint rules, or a repeated rule, made a difference")
	}
	for name, b := range map[string]*Services{
		"a rule less":      NewServices([]Service{web}, 0),
		"another default":  NewServices([]Service{web, dns}, 9),
		"another decision": NewServices([]Service{web, {dns.Proto, dns.Ports, false, 2}}, 0),
		"another rule":     NewServices([]Service{web, {dns.Proto, dns.Ports, true, 3}}, 0),
		"another protocol": NewServices([]Service{web, {ProtoRange{TCP, TCP}, dns.Ports, true, 2}}, 0),
	} {
		if a.Equal(b) {
			t.Errorf("%s made no difference", name)
		}
	}
	halves := []Service{{AllProtos, PortRange{0, 99}, true, 1}, {AllProtos, PortRange{100, 65535}, true, 2}}
	if !NewServices(halves, 0).AllowsAll() {
		t.Error("two halves do not allow all")
	}
	if NewServices(halves[:1], 0).AllowsAll() || NewServices(nil, 0).AllowsAll() {
		t.Error("a part allows all")
	}
}
