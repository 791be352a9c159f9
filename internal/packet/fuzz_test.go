package packet

import (
	"math/rand/v2"
	"testing"
)

// FuzzServices reads rules off the bytes, seven per rule, and compares
// NewServices with the slow first match.
func FuzzServices(f *testing.F) {
	f.Add([]byte{6, 6, 1, 187, 1, 187, 1, 0, 255, 0, 0, 255, 255, 0})
	f.Add([]byte{17, 6, 0, 5, 0, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var rules []Service
		for ; len(data) >= 7 && len(rules) < 40; data = data[7:] {
			rules = append(rules, Service{
				Proto: ProtoRange{data[0], data[1]},
				Ports: PortRange{uint16(data[2])<<8 | uint16(data[3]), uint16(data[4])<<8 | uint16(data[5])},
				Allow: data[6]&1 == 1,
				Rule:  int32(data[6] >> 1),
			})
		}
		svc := NewServices(rules, -1)
		checkServices(t, svc)
		for _, a := range rules {
			for _, proto := range []uint8{a.Proto.Lo - 1, a.Proto.Lo, a.Proto.Hi, a.Proto.Hi + 1} {
				for _, b := range rules {
					for _, port := range []uint16{b.Ports.Lo - 1, b.Ports.Lo, b.Ports.Hi, b.Ports.Hi + 1} {
						allow, rule := svc.Decide(proto, port)
						wantAllow, wantRule := decideSlow(rules, -1, proto, port)
						if allow != wantAllow || rule != wantRule {
							t.Fatalf("%+v: %d/%d: %v by %d, want %v by %d", rules, proto, port, allow, rule, wantAllow, wantRule)
						}
					}
				}
			}
		}
	})
}

// FuzzExpressions builds the expression that the seed makes and compares it
// with the reference.
func FuzzExpressions(f *testing.F) {
	f.Add(uint64(1), uint8(3))
	sp := NewSpace()
	f.Fuzz(func(t *testing.T, seed uint64, depth uint8) {
		sp.Reset()
		x := randomSet(sp, rand.New(rand.NewPCG(seed, 2)), int(depth%6))
		check(t, sp, "expression", x.s, x.r)
		if sp.FromBoxes(sp.Boxes(x.s)) != x.s {
			t.Fatal("boxes make another set")
		}
	})
}
