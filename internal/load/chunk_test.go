package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// bigTopology writes a valid topology of about interfaces*330 bytes.
func bigTopology(interfaces int) []byte {
	var b bytes.Buffer
	vpcs := max(1, (interfaces+1999)/2000)
	per := (interfaces + vpcs - 1) / vpcs
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("# generated\nversion: 1\n\nvpcs:\n")
	for v := range vpcs {
		p("  vpc-%d: {cidr: 10.%d.0.0/16, main_route_table: rtb-%d-0}\n", v, v, v)
	}
	p("\ninternet_gateways:\n")
	for v := range vpcs {
		p("  igw-%d: {vpc: vpc-%d}\n", v, v)
	}
	p("\nsubnets:\n")
	for v := range vpcs {
		for s := range 8 {
			p("  subnet-%d-%d:\n    vpc: vpc-%d\n    cidr: 10.%d.%d.0/20\n    az: ap-northeast-1a\n    route_table: rtb-%d-%d\n", v, s, v, v, s*16, v, s%4)
		}
	}
	p("\nroute_tables:\n")
	for v := range vpcs {
		for t := range 4 {
			p("  rtb-%d-%d:\n    vpc: vpc-%d\n    routes:\n", v, t, v)
			for k := range max(1, per/8) {
				p("      - {destination: 198.%d.%d.0/24, target: igw-%d}\n", 20+k/250, k%250, v)
			}
		}
	}
	p("\nsecurity_groups:\n")
	for v := range vpcs {
		for g := range 28 {
			p("  sg-%d-%d:\n    vpc: vpc-%d\n    ingress:\n", v, g, v)
			for k := range max(1, per/20) {
				if k%10 == 9 {
					p("      - {protocol: tcp, ports: %d, source: sg-%d-%d}\n", 1000+k, v, k%28)
				} else {
					p("      - {protocol: tcp, ports: %d, source: 172.16.%d.0/24}\n", 1000+k, k)
				}
			}
		}
	}
	p("\nnetwork_interfaces:\n")
	for i := range interfaces {
		v, k := i/per, i%per
		p("  eni-%06d:\n    subnet: subnet-%d-%d\n    private_ip: 10.%d.%d.%d\n    instance: host-%06d\n    security_groups: [sg-%d-%d, sg-%d-%d]\n    source_dest_check: true\n",
			i, v, k/250%8, v, k/250%8*16+k/250/8, k%250+4, i, v, k%28, v, (k+7)%28)
	}
	p("\ninstances:\n")
	for i := range interfaces {
		p("  host-%06d:\n    ip_forward: %t\n", i, i%3 == 0)
	}
	p("\nexpect:\n")
	for i := range interfaces / 100 {
		p("  - {from: internet, to: host-%06d, port: tcp/443, verdict: unreachable}\n", i)
	}
	return b.Bytes()
}

func big20MB() []byte { return bigTopology(60_000) }

func BenchmarkLoad20MB(b *testing.B) {
	data := big20MB()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		topo, findings := Load([]Source{{Name: "big.yaml", Data: data}})
		if topo == nil || len(findings) > 0 {
			b.Fatal(findings[0])
		}
	}
}

func BenchmarkYAMLNodes20MB(b *testing.B) {
	data := big20MB()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var n yaml.Node
		if err := yaml.Unmarshal(data, &n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadSmall(b *testing.B) {
	data := bigTopology(10)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if topo, _ := Load([]Source{{Name: "small.yaml", Data: data}}); topo == nil {
			b.Fatal("no topology")
		}
	}
}

func TestLargeFileMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 20 MB")
	}
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	data := big20MB()
	before := live()
	files := readAll([]Source{{Name: "big.yaml", Data: data}}, true)
	// What has to be there at once, besides the text: 200 MB for a process are
	// this, the text, and the garbage of one cycle.
	if n := live() - before; n > 5*uint64(len(data)) {
		t.Errorf("the declarations of %d bytes of YAML take %d bytes", len(data), n)
	}
	topo, findings := resolve(files)
	if len(findings) > 0 {
		t.Fatalf("%d findings, the first %s", len(findings), findings[0])
	}
	if len(topo.Interfaces) != 60_000 || len(topo.Expectations) != 600 {
		t.Errorf("%d interfaces, %d expectations", len(topo.Interfaces), len(topo.Expectations))
	}
}

// TestChunkedEqualsWhole: cutting must change neither the model nor the
// findings, on valid files and on files with a random change.
func TestChunkedEqualsWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	base := bigTopology(60)
	cutAtAll := 0
	for round := range 400 {
		data := bytes.Clone(base)
		if round > 0 {
			for range rng.IntN(3) + 1 {
				data = mutate(rng, data)
			}
		}
		src := Source{Name: "f.yaml", Data: data}
		if _, ok := checkText(src); !ok {
			continue
		}
		whole, wholeOK := readWhole(src)
		want := dumpDecls(whole)
		for _, size := range []int{200, 2000} {
			chunks, ok := cutChunks(data, size)
			if !ok {
				continue
			}
			cutAtAll++
			parts, fast := &decls{}, fastParser{}
			for _, c := range chunks {
				d := readChunk(src.Name, c, &fast)
				if d == nil {
					parts = nil
					break
				}
				parts.append(d)
			}
			if parts == nil {
				continue // read whole
			}
			if !wholeOK {
				t.Fatalf("round %d: chunks of a file that cannot be parsed\n%s", round, data)
			}
			if got := dumpDecls(parts); got != want {
				t.Fatalf("round %d, chunks of %d bytes: they differ\n%s", round, size, firstDifference(got, want))
			}
		}
	}
	if cutAtAll < 200 {
		t.Errorf("only %d files were cut", cutAtAll)
	}
}

// mutate changes a line of the text.
func mutate(rng *rand.Rand, data []byte) []byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	i := rng.IntN(len(lines))
	line := bytes.Clone(lines[i])
	words := []string{"{", "}", "[", "]", "\"", "'", ": ", "- ", "  ", "\n", "#", " #", "x", "&a ", "*a", "|", ">-\n", "?", "-", "---\n", "é", "10.0.0.0/8", "\t", "!!str ", "0"}
	at := 0
	if len(line) > 0 {
		at = rng.IntN(len(line))
	}
	word := []byte(words[rng.IntN(len(words))])
	switch rng.IntN(5) {
	case 0: // insert
		line = append(append(bytes.Clone(line[:at]), word...), line[at:]...)
	case 1: // delete a byte
		if len(line) > 0 {
			line = append(bytes.Clone(line[:at]), line[at+1:]...)
		}
	case 2: // delete the line
		line = nil
	case 3: // the line twice
		line = append(line, lines[i]...)
	case 4: // cut the line
		line = append(bytes.Clone(line[:at]), '\n')
	}
	lines[i] = line
	return bytes.Join(lines, nil)
}

// dumpDecls writes all that was read, through the resolver.
func dumpDecls(d *decls) string {
	reportKeys(d)
	r := &resolver{d: d, t: &model.Topology{Names: map[string]model.Resource{}}, foreign: map[string]bool{}}
	r.run()
	return dump(r.t, diag.Sort(append(d.findings, r.findings...)))
}

func firstDifference(got, want string) string {
	a, b := bytes.SplitAfter([]byte(got), []byte("\n")), bytes.SplitAfter([]byte(want), []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d\n got %s want %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}
