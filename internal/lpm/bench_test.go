package lpm

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"

	"github.com/gaissmai/bart"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// bench is a table in every form, with addresses to ask for: each is random
// inside a random prefix of the table.
type bench struct {
	entries []Entry[int]
	lpm     *Table[int]
	bart    *bart.Table[int]
	addrs   [1 << 14]netip.Addr
	hosts   [1 << 14]netip.Prefix
	keys    [1 << 14]addr.Key
}

type benchID struct {
	f addr.Family
	n int
}

var (
	benches   = map[benchID]*bench{}
	benchesMu sync.Mutex
)

// benchOf returns the tables of n routes of a family, made on first use.
func benchOf(f addr.Family, n int) *bench {
	benchesMu.Lock()
	defer benchesMu.Unlock()
	if s := benches[benchID{f, n}]; s != nil {
		return s
	}
	rng := rand.New(rand.NewPCG(uint64(n), uint64(f)))
	s := &bench{bart: new(bart.Table[int])}
	seen := map[netip.Prefix]bool{}
	for len(s.entries) < n {
		p := vpcRoute(rng, f, len(s.entries))
		if n > 1000 {
			p = internetRoute(rng, f)
		}
		if !seen[p] {
			seen[p] = true
			s.entries = append(s.entries, Entry[int]{p, len(s.entries)})
		}
	}
	s.lpm = New(s.entries...)
	for _, e := range s.entries {
		s.bart.Insert(e.Prefix, e.Value)
	}
	for i := range s.addrs {
		a := randomIn(rng, s.entries[rng.IntN(n)].Prefix)
		s.addrs[i], s.hosts[i], s.keys[i] = a, netip.PrefixFrom(a, a.BitLen()), addr.KeyOf(a)
	}
	benches[benchID{f, n}] = s
	return s
}

// vpcRoute makes the i-th route of a table as VPCs have them: a default
// route, the VPC's own range, then peers, private networks and hosts.
func vpcRoute(rng *rand.Rand, f addr.Family, i int) netip.Prefix {
	pool := []string{"0.0.0.0/0", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
	lengths := []int{16, 20, 22, 24, 24, 24, 26, 28, 32}
	if f == addr.V6 {
		pool = []string{"::/0", "2600:1f18:4000:1200::/56", "2600:1f18:4000:1200::/56", "2600:1f18::/32", "2a05:d018::/32", "fd00::/8"}
		lengths = []int{40, 44, 48, 56, 56, 64, 64, 64, 128}
	}
	if i < 2 {
		return netip.MustParsePrefix(pool[i])
	}
	p := netip.MustParsePrefix(pool[1+rng.IntN(len(pool)-1)])
	return netip.PrefixFrom(randomIn(rng, p), max(p.Bits(), lengths[rng.IntN(len(lengths))])).Masked()
}

// internetRoute makes a route of about the lengths that the Internet's have.
func internetRoute(rng *rand.Rand, f addr.Family) netip.Prefix {
	if f == addr.V4 {
		l := []int{24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 20, 19, 18, 17, 16, 15, 14}
		a := randomIn(rng, netip.MustParsePrefix("0.0.0.0/0"))
		return netip.PrefixFrom(a, l[rng.IntN(len(l))]).Masked()
	}
	l := []int{48, 48, 48, 48, 48, 44, 46, 40, 36, 32, 32, 29, 33, 47, 45, 64}
	a := randomIn(rng, netip.MustParsePrefix("2000::/3"))
	return netip.PrefixFrom(a, l[rng.IntN(len(l))]).Masked()
}

// eachSize runs one benchmark for each family and size up to limit.
func eachSize(b *testing.B, limit int, run func(b *testing.B, s *bench, f addr.Family)) {
	for _, f := range addr.Families {
		for _, n := range []int{5, 50, 1000, 100_000, 1_000_000} {
			if n > limit {
				continue
			}
			b.Run(fmt.Sprintf("v%d/%d", 4+2*f, n), func(b *testing.B) {
				s := benchOf(f, n)
				b.ReportAllocs()
				b.ResetTimer()
				run(b, s, f)
			})
		}
	}
}

var sink int

func BenchmarkLookup(b *testing.B) {
	b.Run("lpm", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				p, v, _ := s.lpm.Lookup(s.addrs[i%len(s.addrs)])
				sink += v + p.Bits()
			}
		})
	})
	b.Run("bart", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				p, v, _ := s.bart.LookupPrefixLPM(s.hosts[i%len(s.hosts)])
				sink += v + p.Bits()
			}
		})
	})
	b.Run("linear", func(b *testing.B) {
		eachSize(b, 1000, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				a, best := s.addrs[i%len(s.addrs)], -1
				for j := range s.entries {
					if p := s.entries[j].Prefix; p.Contains(a) && (best < 0 || p.Bits() > s.entries[best].Prefix.Bits()) {
						best = j
					}
				}
				sink += s.entries[best].Value
			}
		})
	})
}

// BenchmarkLookupKey asks for the value alone, by key: what a walk does.
func BenchmarkLookupKey(b *testing.B) {
	b.Run("lpm", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, f addr.Family) {
			for i := 0; i < b.N; i++ {
				v, _ := s.lpm.LookupKey(f, s.keys[i%len(s.keys)])
				sink += v
			}
		})
	})
	b.Run("bart", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				v, _ := s.bart.Lookup(s.addrs[i%len(s.addrs)])
				sink += v
			}
		})
	})
}

// BenchmarkMatches asks for every matching prefix and its value.
func BenchmarkMatches(b *testing.B) {
	b.Run("lpm", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			buf := make([]Entry[int], 0, 130)
			for i := 0; i < b.N; i++ {
				for _, e := range s.lpm.Matches(buf, s.addrs[i%len(s.addrs)]) {
					sink += e.Value + e.Prefix.Bits()
				}
			}
		})
	})
	b.Run("bart", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				for p, v := range s.bart.Supernets(s.hosts[i%len(s.hosts)]) {
					sink += v + p.Bits()
				}
			}
		})
	})
}

// BenchmarkRegions cuts the range of a prefix of the table ("prefix"), of one
// address ("addr") and of the whole family ("all").
func BenchmarkRegions(b *testing.B) {
	run := func(r func(s *bench, i int) addr.Range) func(b *testing.B) {
		return func(b *testing.B) {
			eachSize(b, 1000, func(b *testing.B, s *bench, f addr.Family) {
				var buf []Region[int]
				regions := 0
				for i := 0; i < b.N; i++ {
					buf = s.lpm.Regions(buf[:0], f, r(s, i))
					regions += len(buf)
				}
				b.ReportMetric(float64(regions)/float64(b.N), "regions/op")
			})
		}
	}
	b.Run("addr", run(func(s *bench, i int) addr.Range { return addr.RangeOfAddr(s.addrs[i%len(s.addrs)]) }))
	b.Run("prefix", run(func(s *bench, i int) addr.Range { return addr.RangeOf(s.entries[2+i%(len(s.entries)-2)].Prefix) }))
	b.Run("all", run(func(*bench, int) addr.Range { return addr.All }))
}

// BenchmarkBuild makes a table from unsorted entries.
func BenchmarkBuild(b *testing.B) {
	perEntry := func(b *testing.B, s *bench) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s.entries)), "ns/entry")
	}
	b.Run("lpm", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				sink += New(s.entries...).Len()
			}
			perEntry(b, s)
		})
	})
	b.Run("bart", func(b *testing.B) {
		eachSize(b, 1e6, func(b *testing.B, s *bench, _ addr.Family) {
			for i := 0; i < b.N; i++ {
				var t bart.Table[int]
				for _, e := range s.entries {
					t.Insert(e.Prefix, e.Value)
				}
				sink += t.Size()
			}
			perEntry(b, s)
		})
	})
}
