package addr_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

func rng(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func TestKeyRoundTrip(t *testing.T) {
	for _, text := range []string{"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"} {
		a := netip.MustParseAddr(text)
		if got := addr.KeyOf(a).Addr(addr.FamilyOf(a)); got != a {
			t.Errorf("%s came back as %s", a, got)
		}
	}
	if addr.MaxKey.Next() != (addr.Key{}) || (addr.Key{}).Prev() != addr.MaxKey {
		t.Error("Next and Prev do not wrap around")
	}
	k := addr.Key{Hi: 7, Lo: ^uint64(0)}
	if k.Next() != (addr.Key{Hi: 8}) || (addr.Key{Hi: 8}).Prev() != k {
		t.Error("no carry between the words")
	}
}

func TestRangeOf(t *testing.T) {
	for _, c := range []struct{ prefix, first, last string }{
		{"10.0.0.7/24", "10.0.0.0", "10.0.0.255"},
		{"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
		{"192.0.2.1/32", "192.0.2.1", "192.0.2.1"},
		{"2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"},
		{"2001:db8::/65", "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff"},
		{"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	} {
		p := netip.MustParsePrefix(c.prefix)
		f := addr.FamilyOf(p.Addr())
		r := addr.RangeOf(p)
		if r.First(f).String() != c.first || r.Last(f).String() != c.last {
			t.Errorf("%s is %s to %s, want %s to %s", p, r.First(f), r.Last(f), c.first, c.last)
		}
		if r.Single(f) != (c.first == c.last) {
			t.Errorf("%s: Single is %t", p, r.Single(f))
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ first, last, want string }{
		{"10.0.0.1", "10.0.0.1", "10.0.0.1"},
		{"10.0.0.0", "10.0.0.255", "10.0.0.0/24"},
		{"10.0.0.1", "10.0.0.255", "10.0.0.1-10.0.0.255"},
		{"0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
		{"2001:db8::", "2001:db8::1", "2001:db8::/127"},
	} {
		a, b := netip.MustParseAddr(c.first), netip.MustParseAddr(c.last)
		r := addr.Range{Lo: addr.RangeOfAddr(a).Lo, Hi: addr.RangeOfAddr(b).Hi}
		if got := r.Format(addr.FamilyOf(a)); got != c.want {
			t.Errorf("%s to %s is written %q, want %q", a, b, got, c.want)
		}
	}
}

// reference is a set of the 256 last bytes of 10.0.0.0/24.
type reference [256]bool

func randomSet(r *rand.Rand) (addr.Set, reference) {
	var ref reference
	var ps []netip.Prefix
	for range r.IntN(6) {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(256))}), 24+r.IntN(9)).Masked()
		ps = append(ps, p)
		for i := range ref {
			ref[i] = ref[i] || p.Contains(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
		}
	}
	return addr.SetOf(ps...), ref
}

func check(t *testing.T, op string, s addr.Set, want func(i int) bool) {
	t.Helper()
	for i := range 256 {
		a := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		if s.Contains(a) != want(i) {
			t.Fatalf("%s: %s is in it: %t", op, a, s.Contains(a))
		}
	}
	rs := s.Ranges(addr.V4)
	for i := 1; i < len(rs); i++ {
		if !rs[i-1].Hi.Next().Less(rs[i].Lo) {
			t.Fatalf("%s: ranges %d and %d touch or overlap", op, i-1, i)
		}
	}
	if !addr.SetOf(s.Prefixes()...).Equal(s) {
		t.Fatalf("%s: its prefixes are another set", op)
	}
}

func TestSetAlgebra(t *testing.T) {
	r := rng(t)
	for range 3000 {
		a, ra := randomSet(r)
		b, rb := randomSet(r)
		check(t, "union", a.Union(b), func(i int) bool { return ra[i] || rb[i] })
		check(t, "intersect", a.Intersect(b), func(i int) bool { return ra[i] && rb[i] })
		check(t, "minus", a.Minus(b), func(i int) bool { return ra[i] && !rb[i] })
		covers, overlaps := true, false
		for i := range 256 {
			covers = covers && (ra[i] || !rb[i])
			overlaps = overlaps || ra[i] && rb[i]
		}
		if a.Covers(b) != covers || a.Overlaps(b) != overlaps || a.Equal(b) != (ra == rb) {
			t.Fatalf("%s and %s: covers %t overlaps %t equal %t", a, b, a.Covers(b), a.Overlaps(b), a.Equal(b))
		}
		if a.Empty() != !slices.Contains(ra[:], true) {
			t.Fatalf("%s: Empty is %t", a, a.Empty())
		}
	}
}

func TestSetKeepsFamiliesApart(t *testing.T) {
	s := addr.SetOf(netip.MustParsePrefix("0.0.0.0/0"))
	if s.Contains(netip.MustParseAddr("::")) || s.Has(addr.V6) {
		t.Error("0.0.0.0/0 holds an IPv6 address")
	}
	both := s.Union(addr.SetOf(netip.MustParsePrefix("2001:db8::/32")))
	if got := both.String(); got != "0.0.0.0/0, 2001:db8::/32" {
		t.Errorf("written as %q", got)
	}
	if both.Only(addr.V4).Has(addr.V6) || both.Only(addr.V6).Has(addr.V4) {
		t.Error("Only leaves the other family in")
	}
	if got := (addr.Set{}).String(); got != "none" {
		t.Errorf("the empty set is %q", got)
	}
}

func TestSetOfWholeFamilyMinusEnds(t *testing.T) {
	all := addr.SetOf(netip.MustParsePrefix("::/0"))
	ends := addr.SetOf(netip.MustParsePrefix("::/128"), netip.MustParsePrefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"))
	rest := all.Minus(ends)
	if got := rest.String(); got != "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" {
		t.Errorf("got %s", got)
	}
	if !rest.Union(ends).Equal(all) {
		t.Error("the parts do not add up")
	}
}
