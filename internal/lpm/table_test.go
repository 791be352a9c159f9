package lpm

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/gaissmai/bart"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// tableOf builds a table whose values are the prefixes as written.
func tableOf(prefixes ...string) *Table[string] {
	var b Builder[string]
	for _, p := range prefixes {
		b.Insert(netip.MustParsePrefix(p), p)
	}
	return b.Build()
}

func TestRT04_LongestPrefixWins(t *testing.T) {
	routes := []string{"0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.128/25", "10.0.1.200/32", "::/0", "2001:db8::/32", "2001:db8::1/128"}
	wants := map[string]string{
		"8.8.8.8":     "0.0.0.0/0",
		"10.0.200.1":  "10.0.0.0/16",
		"10.0.1.1":    "10.0.1.0/24",
		"10.0.1.199":  "10.0.1.128/25",
		"10.0.1.200":  "10.0.1.200/32",
		"10.0.1.201":  "10.0.1.128/25",
		"10.1.0.0":    "0.0.0.0/0",
		"2001:db8::":  "2001:db8::/32",
		"2001:db8::1": "2001:db8::1/128",
		"2001:db9::":  "::/0",
	}
	for range 20 { // the order of the entries does not matter
		tab := tableOf(routes...)
		for a, want := range wants {
			p, v, ok := tab.Lookup(netip.MustParseAddr(a))
			if !ok || v != want || p.String() != want {
				t.Errorf("Lookup(%s) in %v = %v, %q, %v; want %s", a, routes, p, v, ok, want)
			}
		}
		newRand(t).Shuffle(len(routes), func(i, j int) { routes[i], routes[j] = routes[j], routes[i] })
	}
}

func TestRT04_FamiliesNeverMatch(t *testing.T) {
	for _, c := range []struct{ route, addr string }{
		{"0.0.0.0/0", "::"},
		{"0.0.0.0/0", "::ffff:10.0.0.1"}, // IPv4-mapped is IPv6
		{"10.0.0.0/8", "a00::"},          // the same leading bits
		{"10.0.0.1/32", "a00:1::"},
		{"::/0", "0.0.0.0"},
		{"a00::/8", "10.0.0.1"},
		{"::ffff:0.0.0.0/96", "10.0.0.1"},
	} {
		tab, a := tableOf(c.route), netip.MustParseAddr(c.addr)
		if p, _, ok := tab.Lookup(a); ok {
			t.Errorf("%s matches %s", a, p)
		}
		if _, ok := tab.LookupKey(addr.FamilyOf(a), addr.KeyOf(a)); ok {
			t.Errorf("key of %s matches %s", a, c.route)
		}
		if m := tab.Matches(nil, a); len(m) != 0 {
			t.Errorf("matches of %s: %v", a, m)
		}
		if rs := tab.Regions(nil, addr.FamilyOf(a), addr.All); len(rs) != 1 || rs[0].OK {
			t.Errorf("regions of the other family than %s: %v", c.route, rs)
		}
	}
}

func TestUnusualAddresses(t *testing.T) {
	tab := tableOf("0.0.0.0/0", "::/0", "fe80::/10", "::ffff:0.0.0.0/96")
	for a, want := range map[netip.Addr]string{
		{}:                                  "",
		netip.MustParseAddr("fe80::1%eth0"): "fe80::/10", // the zone is ignored
		netip.MustParseAddr("::ffff:192.168.0.1"): "::ffff:0.0.0.0/96",
	} {
		if _, v, ok := tab.Lookup(a); v != want || ok != (want != "") {
			t.Errorf("Lookup(%v) = %q, %v; want %q", a, v, ok, want)
		}
	}
	if m := tab.Matches(nil, netip.Addr{}); m != nil {
		t.Errorf("matches of the zero address: %v", m)
	}
}

func TestEmpty(t *testing.T) {
	for name, tab := range map[string]*Table[int]{"nil": nil, "zero": {}, "built": New[int](), "zero builder": new(Builder[int]).Build()} {
		for _, f := range addr.Families {
			a := addr.Key{Hi: 10 << 56}.Addr(f)
			_, _, ok := tab.Lookup(a)
			_, okKey := tab.LookupKey(f, addr.Key{})
			if ok || okKey || tab.Len() != 0 || len(tab.Matches(nil, a)) != 0 {
				t.Errorf("%s table is not empty", name)
			}
			for p := range tab.All() {
				t.Errorf("%s table has %v", name, p)
			}
			for _, r := range []addr.Range{addr.All, addr.RangeOfAddr(a)} {
				if got := tab.Regions(nil, f, r); len(got) != 1 || got[0] != (Region[int]{Range: r}) {
					t.Errorf("%s table: regions %v", name, got)
				}
			}
		}
	}
}

func TestBuilder(t *testing.T) {
	var b Builder[string]
	b.Insert(netip.MustParsePrefix("10.1.2.3/8"), "old")
	b.Insert(netip.MustParsePrefix("::/0"), "six")
	if b.Len() != 2 {
		t.Errorf("Len = %d, want 2", b.Len())
	}
	before := b.Build()
	b.Insert(netip.MustParsePrefix("10.0.0.0/8"), "newer")
	b.Insert(netip.MustParsePrefix("10.9.9.9/8"), "newest")
	b.Insert(netip.MustParsePrefix("0.0.0.0/0"), "four")
	if b.Len() != 3 {
		t.Errorf("Len = %d, want 3", b.Len())
	}
	a := netip.MustParseAddr("10.0.0.1")
	if p, v, _ := before.Lookup(a); v != "old" || p.String() != "10.0.0.0/8" {
		t.Errorf("the first table changed: %v %q", p, v)
	}
	after := b.Build()
	if p, v, _ := after.Lookup(a); v != "newest" || p.String() != "10.0.0.0/8" {
		t.Errorf("Lookup = %v %q, want the newest", p, v)
	}
	var all []string
	for p, v := range after.All() {
		all = append(all, p.String()+" "+v)
	}
	if want := []string{"0.0.0.0/0 four", "10.0.0.0/8 newest", "::/0 six"}; !slices.Equal(all, want) {
		t.Errorf("All = %q, want %q", all, want)
	}
	for range after.All() {
		break // must not go on after yield returns false
	}
	defer func() {
		if recover() == nil {
			t.Error("Insert took an invalid prefix")
		}
	}()
	b.Insert(netip.Prefix{}, "")
}

// TestAgainstReference compares every method with the linear scan on small
// tables of every kind.
func TestAgainstReference(t *testing.T) {
	rng := newRand(t)
	for round := range 3000 {
		entries := randomEntries(rng, rng.IntN(1+min(round/5, 120)))
		var ref reference
		var b Builder[int]
		for _, e := range entries {
			ref.insert(e.Prefix, e.Value)
			b.Insert(e.Prefix, e.Value)
			if rng.IntN(20) == 0 && b.Len() != len(ref) {
				t.Fatalf("%v: Builder.Len = %d, want %d", entries, b.Len(), len(ref))
			}
		}
		tab := b.Build()
		if tab.Len() != len(ref) {
			t.Fatalf("%v: Len = %d, want %d", entries, tab.Len(), len(ref))
		}
		for _, a := range pointsOf(rng, entries, 30) {
			if err := compare(tab, ref, a); err != nil {
				t.Fatalf("%v: %v", entries, err)
			}
		}
	}
}

// compare asks both for a, in every way.
func compare(tab *Table[int], ref reference, a netip.Addr) error {
	want := ref.matches(a)
	head := Entry[int]{Value: -1}
	got := tab.Matches([]Entry[int]{head}, a)
	if got[0] != head || !slices.Equal(got[1:], want) {
		return fmt.Errorf("Matches(%v) = %v, want %v", a, got[1:], want)
	}
	var winner Entry[int]
	if len(want) > 0 {
		winner = want[len(want)-1]
	}
	p, v, ok := tab.Lookup(a)
	if (Entry[int]{p, v}) != winner || ok != (len(want) > 0) {
		return fmt.Errorf("Lookup(%v) = %v, %v, %v; want %v", a, p, v, ok, winner)
	}
	v, ok = tab.LookupKey(addr.FamilyOf(a), addr.KeyOf(a))
	if v != winner.Value || ok != (len(want) > 0) {
		return fmt.Errorf("LookupKey(%v) = %v, %v; want %v", a, v, ok, winner)
	}
	return nil
}

func TestAllInOrder(t *testing.T) {
	rng := newRand(t)
	for range 300 {
		entries := randomEntries(rng, 60)
		var ref reference
		for _, e := range entries {
			ref.insert(e.Prefix, e.Value)
		}
		slices.SortFunc(ref, func(a, b Entry[int]) int {
			return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
		})
		var got reference
		for p, v := range New(entries...).All() {
			got = append(got, Entry[int]{p, v})
		}
		if !slices.Equal(got, ref) {
			t.Fatalf("All = %v, want %v", got, ref)
		}
	}
}

// TestAgainstBart compares larger tables with another implementation.
func TestAgainstBart(t *testing.T) {
	rng := newRand(t)
	for _, n := range []int{1, 10, 300, 10_000, 100_000} {
		if testing.Short() && n > 10_000 {
			continue
		}
		entries := randomEntries(rng, n)
		for range n / 2 { // realistic ones between the contrived ones
			f := addr.Families[rng.IntN(2)]
			entries = append(entries, Entry[int]{internetRoute(rng, f), len(entries)})
		}
		other := new(bart.Table[int])
		for _, e := range entries {
			other.Insert(e.Prefix.Masked(), e.Value)
		}
		tab := New(entries...)
		if tab.Len() != other.Size() {
			t.Errorf("%d inserted: Len = %d, bart has %d", n, tab.Len(), other.Size())
		}
		var buf []Entry[int]
		for _, a := range pointsOf(rng, entries, 30_000) {
			host := netip.PrefixFrom(a, a.BitLen())
			p, v, ok := tab.Lookup(a)
			if p2, v2, ok2 := other.LookupPrefixLPM(host); p != p2 || v != v2 || ok != ok2 {
				t.Fatalf("%d inserted: Lookup(%v) = %v, %v, %v; bart has %v, %v, %v", n, a, p, v, ok, p2, v2, ok2)
			}
			buf = tab.Matches(buf[:0], a)
			i := len(buf)
			for p, v := range other.Supernets(host) {
				if i--; i < 0 || buf[i] != (Entry[int]{p, v}) {
					t.Fatalf("%d inserted: Matches(%v) = %v; bart has %v, %v at %d", n, a, buf, p, v, i)
				}
			}
			if i != 0 {
				t.Fatalf("%d inserted: Matches(%v) = %v; bart has the last %d", n, a, buf, len(buf)-i)
			}
		}
	}
}

func TestNoAllocations(t *testing.T) {
	s := benchOf(addr.V6, 1000)
	matches, regions := make([]Entry[int], 0, 130), make([]Region[int], 0, 3000)
	i := 0
	for name, f := range map[string]func(){
		"Lookup":     func() { s.lpm.Lookup(s.addrs[i]) },
		"LookupKey":  func() { s.lpm.LookupKey(addr.V6, s.keys[i]) },
		"Matches":    func() { s.lpm.Matches(matches, s.addrs[i]) },
		"Regions":    func() { s.lpm.Regions(regions, addr.V6, addr.All) },
		"Regions of": func() { s.lpm.Regions(regions, addr.V6, addr.RangeOfAddr(s.addrs[i])) },
	} {
		if n := testing.AllocsPerRun(100, func() { i++; f() }); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
