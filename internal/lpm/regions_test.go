package lpm

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

func TestRegionsExample(t *testing.T) {
	tab := tableOf("10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.255.255.255/32", "12.0.0.0/8")
	wants := map[string][]string{
		"0.0.0.0/0": {
			"0.0.0.0-9.255.255.255 none",
			"10.0.0.0/24 10.0.0.0/24",
			"10.0.1.0/24 10.0.1.0/24",
			"10.0.2.0-10.0.255.255 10.0.0.0/16",
			"10.1.0.0-10.255.255.254 10.0.0.0/8",
			"10.255.255.255 10.255.255.255/32",
			"11.0.0.0/8 none",
			"12.0.0.0/8 12.0.0.0/8",
			"13.0.0.0-255.255.255.255 none",
		},
		"10.0.0.128/32": {"10.0.0.128 10.0.0.0/24"},
		"10.0.0.0/23":   {"10.0.0.0/24 10.0.0.0/24", "10.0.1.0/24 10.0.1.0/24"},
		"11.0.0.0/8":    {"11.0.0.0/8 none"},
	}
	for p, want := range wants {
		var got []string
		for _, r := range tab.Regions(nil, addr.V4, addr.RangeOf(netip.MustParsePrefix(p))) {
			if !r.OK {
				r.Value = "none"
			}
			got = append(got, r.Format(addr.V4)+" "+r.Value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("regions of %s:\n got %q\nwant %q", p, got, want)
		}
	}
}

func TestRegionsLaws(t *testing.T) {
	rng := newRand(t)
	for round := range 4000 {
		entries := randomEntries(rng, rng.IntN(1+min(round/5, 200)))
		tab := New(entries...)
		for range 4 {
			f := addr.Families[rng.IntN(2)]
			if err := checkRegions(rng, tab, f, randomRange(rng, entries, f)); err != nil {
				t.Fatalf("%v: %v", entries, err)
			}
		}
	}
}

// randomRange picks a range of whole addresses, often with ends at prefixes.
func randomRange(rng *rand.Rand, entries []Entry[int], f addr.Family) addr.Range {
	var ends []addr.Range
	for _, a := range append(pointsOf(rng, entries, 4), randomAddr(rng, f)) {
		if addr.FamilyOf(a) == f {
			ends = append(ends, addr.RangeOfAddr(a))
		}
	}
	lo, hi := ends[rng.IntN(len(ends))], ends[rng.IntN(len(ends))]
	switch rng.IntN(10) {
	case 0:
		return addr.All
	case 1:
		return lo
	case 2:
		return addr.Range{Lo: lo.Lo, Hi: addr.MaxKey}
	}
	if hi.Lo.Less(lo.Lo) {
		lo, hi = hi, lo
	}
	return addr.Range{Lo: lo.Lo, Hi: hi.Hi}
}

// checkRegions returns an error if the regions of r break a law.
func checkRegions(rng *rand.Rand, tab *Table[int], f addr.Family, r addr.Range) error {
	head := Region[int]{OK: true}
	got := tab.Regions([]Region[int]{head}, f, r)
	if got[0] != head || len(got) < 2 {
		return fmt.Errorf("Regions(%s) did not append to what was there: %v", r.Format(f), got)
	}
	got = got[1:]
	next := r.Lo
	for i, g := range got {
		if g.Lo != next || g.Hi.Less(g.Lo) {
			return fmt.Errorf("Regions(%s): part %d is %s, should start at %v", r.Format(f), i, g.Format(f), next.Addr(f))
		}
		next = g.Hi.Next()
		if i > 0 && g.OK == got[i-1].OK && g.Prefix == got[i-1].Prefix {
			return fmt.Errorf("Regions(%s): parts %d and %d are both for %v", r.Format(f), i-1, i, g.Prefix)
		}
		inside := addr.Key{Hi: g.Lo.Hi, Lo: g.Lo.Lo + rng.Uint64N(max(g.Hi.Lo-g.Lo.Lo, 1))}
		if g.Hi.Hi != g.Lo.Hi {
			inside = addr.Key{Hi: g.Lo.Hi + rng.Uint64N(g.Hi.Hi-g.Lo.Hi), Lo: g.Lo.Lo}
		}
		for _, k := range []addr.Key{g.Lo, g.Hi, inside} {
			p, v, ok := tab.Lookup(k.Addr(f))
			if p != g.Prefix || v != g.Value || ok != g.OK {
				return fmt.Errorf("Regions(%s): part %s is %v %v, but Lookup(%v) = %v %v", r.Format(f), g.Format(f), g.Entry, g.OK, k.Addr(f), p, ok)
			}
		}
	}
	if last := got[len(got)-1]; last.Hi != r.Hi {
		return fmt.Errorf("Regions(%s) ends at %v", r.Format(f), last.Last(f))
	}
	return nil
}
