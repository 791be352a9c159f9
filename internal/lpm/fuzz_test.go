package lpm

import (
	"math/rand/v2"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// FuzzTable reads prefixes and an address to ask for from bytes: for each
// prefix a length and 16 bytes, IPv4 if the length is odd.
func FuzzTable(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))
	f.Add(make([]byte, 17*8))
	f.Fuzz(func(t *testing.T, data []byte) {
		var ref reference
		var b Builder[int]
		var last addr.Key
		for v := 0; len(data) >= 17 && v < 200; v++ {
			fam := addr.Families[1-data[0]&1]
			length := int(data[0]>>1) % (fam.Bits() + 1)
			for i := range 8 {
				last.Hi = last.Hi<<8 | uint64(data[1+i])
				last.Lo = last.Lo<<8 | uint64(data[9+i])
			}
			p, err := last.Addr(fam).Prefix(length)
			if err != nil {
				t.Fatal(err)
			}
			data = data[17:]
			ref.insert(p, v)
			b.Insert(p, v)
		}
		tab := b.Build()
		rng := rand.New(rand.NewPCG(last.Hi, last.Lo))
		for _, a := range append(pointsOf(rng, ref, 10), last.Addr(addr.V4), last.Addr(addr.V6)) {
			if err := compare(tab, ref, a); err != nil {
				t.Fatal(err)
			}
		}
		for _, fam := range addr.Families {
			if err := checkRegions(rng, tab, fam, randomRange(rng, ref, fam)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
